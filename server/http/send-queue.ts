import { dlopen, FFIType, ptr } from "bun:ffi";
import { readdirSync, readlinkSync } from "node:fs";

/**
 * Bytes that the kernel holds of one connection before it says that the socket is full, beyond what is on its way.
 * Without a bound Linux grows a send buffer to 4 MiB: 40 pictures of 100 kB, which a viewer at 1 MB/s sees 3 s late.
 * With 128 KiB that viewer's pictures are 0.3 s old (`scripts/bench/http-latency.ts`); with 64 KiB and less a crowd of
 * viewers no longer gets every picture (`scripts/bench/http-fan-out.ts`).
 */
export const UNSENT_BYTES = 128 * 1024;
/**
 * A connection whose other end acknowledges nothing, or has no room for anything, for so long is closed by the kernel,
 * milliseconds. Bun's own idle timeout is wound up by whatever the kernel takes, so of a client that has vanished it
 * notices only once the queue is full: minutes, with small pictures.
 */
export const UNANSWERED_MS = 30_000;

/** <netinet/tcp.h>, <asm-generic/socket.h>, <sys/socket.h> of Linux; the same wherever Bun runs. */
const IPPROTO_TCP = 6;
const TCP_USER_TIMEOUT = 18;
const TCP_NOTSENT_LOWAT = 25;
const SOL_SOCKET = 1;
const SO_ACCEPTCONN = 30;
const AF_INET = 2;
const AF_INET6 = 10;
/** The size of sockaddr_storage, which holds an address of any family. */
const ADDRESS_BYTES = 128;
const INT_BYTES = 4;

/** The C library as glibc and musl systems call it. */
const LIBRARIES = ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];

const FUNCTIONS = {
  getsockopt: {
    args: [FFIType.i32, FFIType.i32, FFIType.i32, FFIType.ptr, FFIType.ptr],
    returns: FFIType.i32,
  },
  setsockopt: {
    args: [FFIType.i32, FFIType.i32, FFIType.i32, FFIType.ptr, FFIType.u32],
    returns: FFIType.i32,
  },
  getsockname: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
} as const;

type SocketCalls = ReturnType<typeof dlopen<typeof FUNCTIONS>>["symbols"];

/**
 * Bounds every connection that this process accepts at `port` from now on: how much waits in the kernel to be sent, and
 * how long for a client that has vanished. Accepted sockets take both over from the listening one. Bun does not tell its
 * descriptor, so it is looked for among those of the process: the sockets that listen at that port.
 *
 * @returns undefined when it is done; else why it cannot be (another system than Linux, no C library to be found)
 */
export function keepSendQueuesShort(port: number): string | undefined {
  if (process.platform !== "linux") return `${process.platform} has no way to find the listening socket`;
  try {
    const library = openLibrary();
    try {
      return boundListeners(library.symbols, port);
    } finally {
      library.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @throws the linker's last word if the system has no C library by any known name */
function openLibrary(): ReturnType<typeof dlopen<typeof FUNCTIONS>> {
  let failure: unknown;
  for (const name of LIBRARIES) {
    try {
      return dlopen(name, FUNCTIONS);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function boundListeners(calls: SocketCalls, port: number): string | undefined {
  const listeners = openSockets().filter((fd) => isListening(calls, fd) && portOf(calls, fd) === port);
  if (listeners.length === 0) return `no socket of this process listens at port ${port}`;
  const set = (fd: number, option: number, value: number): boolean =>
    calls.setsockopt(fd, IPPROTO_TCP, option, ptr(Int32Array.of(value)), INT_BYTES) === 0;
  const bounded = listeners.every(
    (fd) => set(fd, TCP_NOTSENT_LOWAT, UNSENT_BYTES) && set(fd, TCP_USER_TIMEOUT, UNANSWERED_MS),
  );
  return bounded ? undefined : "the kernel refused to set it";
}

/** The descriptors of this process that are sockets (proc(5)). */
function openSockets(): number[] {
  return readdirSync("/proc/self/fd").filter(isSocket).map(Number);
}

function isSocket(fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:");
  } catch {
    return false; // the one that the directory was read through is gone by now
  }
}

function isListening(calls: SocketCalls, fd: number): boolean {
  const answer = new Int32Array(1);
  const length = Uint32Array.of(INT_BYTES);
  return calls.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, ptr(answer), ptr(length)) === 0 && answer[0] === 1;
}

/** Its local port; undefined for a socket that has none, such as one of the Unix family. */
function portOf(calls: SocketCalls, fd: number): number | undefined {
  const address = new DataView(new ArrayBuffer(ADDRESS_BYTES));
  const length = Uint32Array.of(ADDRESS_BYTES);
  if (calls.getsockname(fd, ptr(address), ptr(length)) !== 0) return undefined;
  // The family is in the machine's order, which is little-endian wherever Bun runs; the port in the network's.
  const family = address.getUint16(0, true);
  return family === AF_INET || family === AF_INET6 ? address.getUint16(2) : undefined;
}

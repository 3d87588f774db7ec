import { systemClock } from "../clock.ts";
import { asError, PvaError } from "../errors.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { openDirectReader } from "./direct-read.ts";

type BunSocket = Bun.Socket;

/** A peer that leaves this much of what we send unread is broken: a client sends only small messages. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;

/**
 * Bytes taken before the event loop turns. Bun reads one socket again and again while its buffer fills, so that a fast
 * sender keeps timers and every other socket waiting: for milliseconds, or for good.
 */
const TURN_BYTES = 1024 * 1024;

/** How long, and for how many bytes, an ended connection still listens to its peer. */
const LEAVE_MS = 200;
const LEAVE_BYTES = 4 * 1024 * 1024;

/** Chunks of less are left to the garbage collector, bytes. */
const WORTH_GIVING_BACK = 16 * 1024;

const directReader = openDirectReader();

/** What happens on a TcpStream; `closed` comes exactly once and last. */
export interface TcpHandler {
  opened(): void;
  /**
   * The chunk is ours for good: Bun makes a new one each time. Returns whether nobody needs it any more: its memory is
   * given back then.
   */
  received(chunk: Uint8Array): boolean;
  closed(error: PvaError): void;
}

/** One outgoing TCP connection with a write queue. */
export class TcpStream {
  readonly #handler: TcpHandler;
  readonly #endpoint: Endpoint;
  readonly #leaveMs: number;
  #socket: BunSocket | undefined;
  #queue: Uint8Array[] = [];
  #unsent = 0;
  /** Bytes received since the event loop last turned for our sake. */
  #taken = 0;
  /** Bytes dropped since we ended it. */
  #dropped = 0;
  #cancelLeave: () => void = () => undefined;
  #over = false;
  readonly #gone = Promise.withResolvers<undefined>();
  /** Bytes taken over by the system so far. */
  bytesSent = 0;

  /** @param leaveMs how long, once ended, it waits for the peer's own end */
  constructor(endpoint: Endpoint, handler: TcpHandler, leaveMs = LEAVE_MS) {
    this.#endpoint = endpoint;
    this.#leaveMs = leaveMs;
    this.#handler = handler;
    void this.#open();
  }

  /** Bytes waiting for the peer to read. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Resolves when the socket is gone; at once if it never opened. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Our own address of the connection, once open. */
  get localAddress(): string | undefined {
    return this.#socket?.localAddress;
  }

  /**
   * Reads bytes that have arrived and not been handed to `received` yet straight into `view`, which must not be empty.
   * To be called from within `received`, where all earlier bytes are known. Returns how many there were; 0 for none,
   * and where the system cannot do it.
   */
  readInto(view: Uint8Array): number {
    // `fd` is missing from Bun's declarations.
    const { fd } = (this.#socket ?? {}) as { readonly fd?: number };
    if (this.#over || fd === undefined || directReader === undefined) return 0;
    const count = directReader.read(fd, view);
    this.#taken += count;
    return count;
  }

  write(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#queue.push(bytes);
    this.#unsent += bytes.length;
    this.#flush();
    if (this.#unsent > MAX_UNSENT_BYTES)
      this.close(new PvaError("limit", "peer does not read", { need: this.#unsent, have: MAX_UNSENT_BYTES }));
  }

  /** Ends the connection, telling the handler why. */
  close(error: PvaError): void {
    if (this.#over) return;
    this.#over = true;
    this.#queue = [];
    if (this.#socket === undefined) this.#gone.resolve(undefined);
    else this.#takeLeave(this.#socket);
    this.#handler.closed(error);
  }

  /**
   * Says that nothing more will come, and drops what the peer still sends until it says so too. A socket closed over bytes
   * that nobody has read would send a reset, which peers log as a fault. Bounded in real time: it is the network that is
   * waited for.
   */
  #takeLeave(socket: BunSocket): void {
    this.#cancelLeave = systemClock.after(this.#leaveMs, () => socket.terminate());
    socket.shutdown();
    socket.resume();
  }

  async #open(): Promise<void> {
    const { host, port } = this.#endpoint;
    try {
      await Bun.connect({
        hostname: host,
        port,
        socket: {
          binaryType: "uint8array",
          open: (socket) => this.#opened(socket),
          data: (_, chunk) => this.#received(chunk),
          drain: () => this.#flush(),
          end: () =>
            this.close(new PvaError("disconnected", `${endpointName(this.#endpoint)} closed the connection`)),
          close: (_, error) => this.#closed(error),
          error: (_, error) => this.close(this.#failure(error)),
          // Its presence keeps Bun from reporting the rejection below a second time.
          connectError: () => undefined,
        },
      });
    } catch (error) {
      this.close(this.#failure(error));
    }
  }

  #opened(socket: BunSocket): void {
    if (this.#over) {
      socket.terminate();
      return;
    }
    this.#socket = socket;
    socket.setNoDelay(true);
    this.#handler.opened();
  }

  #received(chunk: Uint8Array): void {
    if (this.#over) {
      this.#dropped += chunk.length;
      if (this.#dropped > LEAVE_BYTES) this.#socket?.terminate();
      return;
    }
    this.#taken += chunk.length;
    const spent = this.#handler.received(chunk);
    if (spent && chunk.length >= WORTH_GIVING_BACK) giveBack(chunk);
    if (this.#taken >= TURN_BYTES) this.#letOthersTurn();
  }

  #letOthersTurn(): void {
    this.#taken = 0;
    this.#socket?.pause();
    setImmediate(() => {
      if (!this.#over) this.#socket?.resume();
    });
  }

  #closed(error: Error | undefined): void {
    this.#socket = undefined;
    this.#cancelLeave();
    this.#gone.resolve(undefined);
    this.close(this.#failure(error ?? new Error("closed")));
  }

  #flush(): void {
    const socket = this.#socket;
    while (socket !== undefined && !this.#over) {
      const bytes = this.#queue[0];
      if (bytes === undefined) return;
      const taken = socket.write(bytes);
      if (taken <= 0) return;
      this.#unsent -= taken;
      this.bytesSent += taken;
      if (taken < bytes.length) {
        this.#queue[0] = bytes.subarray(taken);
        return;
      }
      this.#queue.shift();
    }
  }

  #failure(error: unknown): PvaError {
    const cause = asError(error);
    return new PvaError("disconnected", `connection to ${endpointName(this.#endpoint)}: ${cause.message}`, {
      cause,
    });
  }
}

/**
 * Frees a chunk's memory at once. Left to the garbage collector, half a megabyte a chunk is mapped anew for each frame
 * and unmapped behind its back: of a camera of 1024² float64 at 25 frames a second 447 page faults a frame, and 53 so.
 */
function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

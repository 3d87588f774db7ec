import { dlopen, FFIType, ptr } from "bun:ffi";

/** Reads what a socket holds at this moment straight into memory. */
export interface DirectReader {
  /**
   * Fills `view` as far as there are bytes: how many were written, 0 where none are there, the peer has ended or the
   * socket is broken. Bun notices the latter two by itself.
   */
  read(fd: number, view: Uint8Array): number;
}

/** recv(2) by the names under which systems keep it; MSG_DONTWAIT is not needed, Bun's sockets never block. */
const LIBRARIES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`],
  darwin: ["libSystem.dylib"],
};

/**
 * The reader of this system, undefined where recv(2) cannot be had (then every byte comes through Bun).
 *
 * Bun hands over received bytes in a new array a time, of 512 KiB at most: memory that is mapped, filled, copied from
 * and given back for every frame. Where the rest of an array is already in the kernel it can go to its place at once.
 */
export function openDirectReader(): DirectReader | undefined {
  for (const library of LIBRARIES[process.platform] ?? []) {
    try {
      const { symbols } = dlopen(library, {
        recv: { args: [FFIType.i32, FFIType.ptr, FFIType.u64, FFIType.i32], returns: FFIType.i64 },
      });
      return {
        read: (fd, view) => Math.max(0, Number(symbols.recv(fd, ptr(view), view.byteLength, 0))),
      };
    } catch {
      // Not by this name: the next one, or none.
    }
  }
  return undefined;
}

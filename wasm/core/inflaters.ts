/** Decompressors that the core does not bring along: every engine has its own. */

/** Synchronous, stateless. Each answers exactly `size` bytes or throws; it never makes more than that. */
export interface Inflaters {
  /** RFC 1950 (zlib wrapper and all). */
  readonly zlib?: (bytes: Uint8Array, size: number) => Uint8Array;
  /** RFC 8878, one frame. */
  readonly zstd?: (bytes: Uint8Array, size: number) => Uint8Array;
}

/** What is wrong with packed bytes, with the place and the numbers. */
import type { Codec } from "./frame.ts";

/** Stable names of why packed bytes were refused; the table is in wasm/README.md. */
export type UnpackErrorCode =
  /** They end where more are needed: `have` bytes are left of the `need` that a length there announces. */
  | "truncated"
  /** They become `have` bytes (or at least so many) where `need` were declared. */
  | "too-long"
  /** They become `have` bytes, and `need` were declared. */
  | "too-short"
  /** They repeat bytes `have` back, where only `need` were written yet. */
  | "bad-distance"
  /** A block lies at `have`, outside of the `need` bytes there are. */
  | "bad-offset"
  /** A number of a header that cannot be. */
  | "bad-header"
  /** A decoder that the host was to hand in is not there (zlib, zstd, JPEG). */
  | "no-decoder"
  /** Such a decoder threw; its error is the cause. */
  | "bad-stream"
  /** A JPEG is of another size than its frame. */
  | "size-mismatch";

/** Where, counted in bytes from the begin of the payload, and which numbers; see {@link UnpackErrorCode}. */
export interface UnpackErrorPlace {
  readonly offset: number;
  readonly have?: number;
  readonly need?: number;
  readonly cause?: unknown;
}

/** Packed bytes that cannot be trusted. Nothing of what they became is used. */
export class UnpackError extends Error {
  override readonly name = "UnpackError";
  readonly code: UnpackErrorCode;
  /** As the frame names it; what is inside (`blosc` holding `zstd`) is in the message. */
  readonly codec: Codec;
  /** Byte of the payload where it shows. */
  readonly offset: number;
  readonly have: number | undefined;
  readonly need: number | undefined;

  constructor(code: UnpackErrorCode, codec: Codec, what: string, place: UnpackErrorPlace) {
    super(`${codec} data, byte ${place.offset}: ${what}`, { cause: place.cause });
    this.code = code;
    this.codec = codec;
    this.offset = place.offset;
    this.have = place.have;
    this.need = place.need;
  }
}

import type { Wish } from "../errors.ts";

/** Why a job has no picture. */
export type EncodeErrorCode =
  /** No worker was idle: `encode` was called without looking at `idle`. */
  | "busy"
  /** This frame cannot fulfil the recipe: it has no such plane, region or colours. A frame of another shape may. */
  | "bad-recipe"
  /** This frame contradicts itself, or its packed bytes are damaged. The next one may be better. */
  | "bad-frame"
  /** The core or mozjpeg cannot make a picture of it: it is too large for a JPEG or for the memory, say. */
  | "cannot-encode"
  /** The worker died under the job; another takes its place. */
  | "worker-crashed"
  /** The worker did not answer in time and was ended; another takes its place. */
  | "timeout"
  /** The pool is closed. */
  | "closed"
  /** The workers cannot start at all: the WebAssembly core is missing, for instance. */
  | "no-worker";

/** A job or a pool that failed. */
export class EncodeError extends Error {
  override readonly name = "EncodeError";
  readonly code: EncodeErrorCode;
  /** With `bad-recipe`: the option that the frame cannot fulfil. */
  readonly wish: Wish | undefined;

  /**
   * @param code stable name, for programs
   * @param message one sentence, for people
   * @param wish the option concerned, where there is one
   */
  constructor(code: EncodeErrorCode, message: string, wish?: Wish) {
    super(message);
    this.code = code;
    this.wish = wish;
  }
}

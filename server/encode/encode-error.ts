/** Why a job has no picture. */
export type EncodeErrorCode =
  /** No worker was idle: `encode` was called without looking at `idle`. */
  | "busy"
  /** The core or mozjpeg refused this frame. */
  | "bad-frame"
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

  /**
   * @param code stable name, for programs
   * @param message one sentence, for people
   * @param cause what led to it, where there is something
   */
  constructor(code: EncodeErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

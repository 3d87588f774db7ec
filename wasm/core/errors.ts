/** Stable names of what can go wrong in the core; the table with remedies is in wasm/README.md. */
export type CoreErrorCode =
  /** The module's bytes could not be read or compiled. */
  | "load-failed"
  /** The module is of another ABI version than this host. */
  | "abi-mismatch"
  /** The module is not the build that was asked for. */
  | "wrong-build"
  /** The job needs more memory than the limit of this core, or than the machine gives. */
  | "out-of-memory"
  /** More than 65500 pixels a side: no browser decodes such a JPEG. */
  | "too-large-for-jpeg"
  /** More rows than areas of them can be averaged over in 32 bits. */
  | "too-large"
  /** The core refused a call that the host had checked: a fault of this program. */
  | "refused";

/** A fault of the core itself. `have` and `need` are bytes, versions or pixels, as the message says. */
export class CoreError extends Error {
  override readonly name = "CoreError";
  readonly code: CoreErrorCode;
  readonly have: number | undefined;
  readonly need: number | undefined;

  constructor(
    code: CoreErrorCode,
    message: string,
    details: { have?: number; need?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.have = details.have;
    this.need = details.need;
  }
}

/** Stable names of everything that can go wrong in pvAccess. */
export type PvaErrorCode =
  /** Fewer bytes than the type or the length announced; `need` and `have` are bytes. */
  | "short-data"
  /** Magic, version, direction or command of a header that cannot be. */
  | "bad-header"
  /** Segments of a message out of order. */
  | "bad-segment"
  /** A type description with reserved codes, null where a type must be, or an element that is no structure. */
  | "bad-type"
  /** A value that its type does not allow: null size, selector out of range. */
  | "bad-value"
  /** A cached type (FE) nobody has defined on this connection. */
  | "unknown-type-id"
  /** Something announced is larger than we are willing to hold; `need` and `have` (the limit) say by how much. */
  | "limit"
  /** The server answered with a Status of ERROR or FATAL. */
  | "refused"
  /** No answer in time. */
  | "timeout"
  /** The connection or the channel went away before the answer came. */
  | "disconnected"
  /** This client was closed. */
  | "closed"
  /** A server's address or port cannot be had; the message has the system's own code. */
  | "cannot-listen"
  /** A setting that cannot be understood. */
  | "bad-setting";

const ABOUT_BYTES: readonly PvaErrorCode[] = [
  "short-data",
  "bad-header",
  "bad-segment",
  "bad-type",
  "bad-value",
  "unknown-type-id",
  "limit",
];

/** Whether what a peer sent could not be read, as against a peer that is silent, gone or says no. */
export function isUnreadable(error: PvaError): boolean {
  return ABOUT_BYTES.includes(error.code);
}

/** What there was and what there should have been, in the units that the code implies (bytes, elements, levels). */
export interface PvaErrorNumbers {
  readonly need?: number;
  readonly have?: number;
  /** Byte offset in the payload being decoded. */
  readonly offset?: number;
}

/** Every fault this package throws or reports: a stable code, one sentence, the numbers, the cause. */
export class PvaError extends Error {
  override readonly name = "PvaError";
  readonly code: PvaErrorCode;
  readonly numbers: PvaErrorNumbers;
  #path: readonly string[] = [];

  constructor(
    code: PvaErrorCode,
    message: string,
    options: PvaErrorNumbers & { readonly cause?: unknown } = {},
  ) {
    const { cause, ...numbers } = options;
    super(withNumbers(message, numbers), cause === undefined ? undefined : { cause });
    this.code = code;
    this.numbers = numbers;
  }

  /** Dotted names of the members that were being decoded, outermost first; "" where none were. */
  get path(): string {
    return this.#path.join(".");
  }

  /** Notes that the fault happened inside member `name`; returns the same error, to be thrown on. */
  within(name: string): this {
    if (this.#path.length === 0) this.message += ` in ${name}`;
    else this.message = this.message.replace(/ in \S+$/, ` in ${name}.${this.path}`);
    this.#path = [name, ...this.#path];
    return this;
  }
}

function withNumbers(message: string, { need, have, offset }: PvaErrorNumbers): string {
  const words = [
    need === undefined ? undefined : `need ${need}`,
    have === undefined ? undefined : `have ${have}`,
    offset === undefined ? undefined : `at byte ${offset}`,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? message : `${message} (${words.join(", ")})`;
}

/** Turns anything thrown into an Error, so that it can be a cause. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

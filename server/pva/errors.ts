import { hexdump } from "./wire/hexdump.ts";

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
  /** A fault of this program, not of the peer; `cause` is what was thrown. */
  | "internal"
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

/** The bytes around the place where reading failed. */
interface Excerpt {
  readonly bytes: Uint8Array;
  /** Where `bytes` begin in the payload; a multiple of 16. */
  readonly offset: number;
}

/** Bytes shown before the line of the fault, and from that line on. */
const EXCERPT_BEFORE = 32;
const EXCERPT_AFTER = 48;
/** Names come from the network: what is shown of them is short and on one line. */
const MAX_PATH_SHOWN = 200;

/** Every fault this package throws or reports: a stable code, one sentence, the numbers, the cause. */
export class PvaError extends Error {
  override readonly name = "PvaError";
  readonly code: PvaErrorCode;
  readonly numbers: PvaErrorNumbers;
  readonly #sentence: string;
  #path: readonly string[] = [];
  #excerpt: Excerpt | undefined;

  constructor(
    code: PvaErrorCode,
    message: string,
    options: PvaErrorNumbers & { readonly cause?: unknown } = {},
  ) {
    const { cause, ...numbers } = options;
    const sentence = withNumbers(message, numbers);
    super(sentence, cause === undefined ? undefined : { cause });
    this.code = code;
    this.numbers = numbers;
    this.#sentence = sentence;
  }

  /** Dotted names of the members that were being decoded, outermost first; "" where none were. */
  get path(): string {
    return this.#path.join(".");
  }

  /** The bytes around the fault as `hexdump` shows them, offsets counted in the payload; "" where there are none. */
  get hexdump(): string {
    return this.#excerpt === undefined ? "" : hexdump(this.#excerpt.bytes, { at: this.#excerpt.offset });
  }

  /** Notes that the fault happened inside member `name`; returns the same error, to be thrown on. */
  within(name: string): this {
    this.#path = [name, ...this.#path];
    this.message = `${this.#sentence} in ${oneLine(this.path)}`;
    return this;
  }

  /** Keeps a copy of the bytes around `offset` of what was being read; returns the same error. */
  quoting(bytes: Uint8Array, offset: number): this {
    const from = Math.max(0, offset - (offset % 16) - EXCERPT_BEFORE);
    this.#excerpt = { bytes: bytes.slice(from, offset + EXCERPT_AFTER), offset: from };
    return this;
  }
}

function oneLine(path: string): string {
  // eslint-disable-next-line no-control-regex -- line ends and terminal codes are what must not reach a log
  return path.slice(0, MAX_PATH_SHOWN).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "?");
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

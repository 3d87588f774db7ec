/** Stable names of everything that can go wrong with a viewer's request; the `error` field of JSON answers. */
export type ServiceErrorCode =
  /** No server answered for this PV within the connect timeout. */
  | "pv-not-found"
  /** The PV is there but has not published an image within the connect timeout. */
  | "no-image-yet"
  /** The PV is there but is not an NTNDArray, or its images are such that none of them can be shown. */
  | "not-an-image"
  /** The PV sends images, but those that came within the connect timeout contradict themselves or are damaged. */
  | "bad-image"
  /** A query option has a value that is not allowed, or that this PV's images cannot fulfil. */
  | "bad-option"
  /** As many PVs are watched as the server may watch at a time. */
  | "too-many-streams"
  /** The images of all cameras take as much memory as they may. */
  | "server-full"
  /** The PV's images crashed encoder workers again and again, so none is encoded for a while. */
  | "quarantined"
  /** The server is stopping and takes no new viewers. */
  | "stopping";

/** The option that a viewer asked for in vain, what it was, and in words what it may be. */
export interface Wish {
  readonly option: string;
  readonly value: string;
  readonly allowed: string;
}

/** A fault that belongs to one request, carrying the words and numbers that its viewer should read. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** Stable name, for programs. */
  readonly code: ServiceErrorCode;
  /** The channel concerned, where there is one. */
  readonly pv: string | undefined;
  /** The option concerned, where there is one. */
  readonly wish: Wish | undefined;

  /**
   * @param message one sentence, for people: what was asked, what was found, what to do
   * @param options `pv` the channel concerned; `wish` the option concerned; `cause` what led to it
   */
  constructor(
    code: ServiceErrorCode,
    message: string,
    options: { readonly pv?: string; readonly wish?: Wish | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.pv = options.pv;
    this.wish = options.wish;
  }
}

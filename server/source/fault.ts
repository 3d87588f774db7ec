/** What a stream does about a fault: `not-an-image` is answered with 415, `bad-frame` only counts. */
export type ImageFaultCode =
  /** Nothing this program can show comes from the PV as it is: another kind of PV, a codec or a colour mode it does not know. */
  | "not-an-image"
  /** This one frame contradicts itself or is beyond the limits. */
  | "bad-frame";

/** What exactly is wrong; the name under which a fault is logged once. */
export type ImageFaultKind =
  | "structure"
  | "codec"
  | "colour-mode"
  | "sample-type"
  | "dimension"
  | "size"
  | "limit"
  /** All cameras together have as much memory as they may have. */
  | "memory"
  | "channel";

/** A fault in what a PV sent. It never ends the source: the next good frame is published as if nothing had happened. */
export class ImageFault extends Error {
  override readonly name = "ImageFault";
  readonly code: ImageFaultCode;
  readonly kind: ImageFaultKind;

  /**
   * @param code what to do about it
   * @param kind what is wrong, as a stable name
   * @param message one sentence with the numbers: what was announced, what came, what is allowed
   * @param cause the error that led to it, where there is one
   */
  constructor(code: ImageFaultCode, kind: ImageFaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.kind = kind;
  }
}

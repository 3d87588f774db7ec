/**
 * Decodes pictures as they come, one at a time. While one is being decoded only the newest of those that follow is
 * kept, so a slow machine shows fewer pictures but never old ones.
 */
export class NewestPicture<Encoded, Decoded> {
  readonly #decode: (encoded: Encoded) => Promise<Decoded>;
  readonly #show: (decoded: Decoded) => void;
  readonly #discard: (decoded: Decoded) => void;
  #waiting: { readonly encoded: Encoded; readonly done: () => void } | undefined;
  #busy = false;
  #closed = false;

  /**
   * @param decode may reject: that picture is then left out, the one before stays
   * @param show takes ownership of a decoded picture
   * @param discard takes one that came ready after `close`
   */
  constructor(
    decode: (encoded: Encoded) => Promise<Decoded>,
    show: (decoded: Decoded) => void,
    discard: (decoded: Decoded) => void,
  ) {
    this.#decode = decode;
    this.#show = show;
    this.#discard = discard;
  }

  /**
   * Hands over the newest picture; it is decoded now, or next, or never if a newer one comes first.
   * @param done called once, when it is one of these
   */
  offer(encoded: Encoded, done: () => void = () => undefined): void {
    this.#waiting?.done();
    this.#waiting = undefined;
    if (this.#closed) {
      done();
      return;
    }
    this.#waiting = { encoded, done };
    if (!this.#busy) void this.#work();
  }

  /** Nothing is shown any more. */
  close(): void {
    this.#closed = true;
    this.#waiting?.done();
    this.#waiting = undefined;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#waiting !== undefined) {
      const { encoded, done } = this.#waiting;
      this.#waiting = undefined;
      const decoded = await this.#decode(encoded).catch(() => undefined);
      if (decoded !== undefined) (this.#closed ? this.#discard : this.#show)(decoded);
      done();
    }
    this.#busy = false;
  }
}

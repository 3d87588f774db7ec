/** Waiting times that double with every failure in a row: none, then `firstMs`, up to `longestMs`. */
export class BackOff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #failures = 0;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** How long to wait after one more failure. */
  failed(): number {
    return Math.min(this.#longestMs, this.#firstMs * 2 ** Math.min(this.#failures++, 30));
  }

  /** All is well: the next failure starts over. */
  succeeded(): void {
    this.#failures = 0;
  }
}

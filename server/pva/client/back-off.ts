/** A wait is up to this part shorter, so that clients who lost one server together do not come back together. */
const JITTER = 0.25;

/** Waiting time with its jitter: from three quarters of it to all. */
export function jittered(milliseconds: number, random: () => number = Math.random): number {
  return milliseconds * (1 - JITTER * random());
}

/** Waiting times that double with every failure in a row, from `firstMs` up to `longestMs`. */
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

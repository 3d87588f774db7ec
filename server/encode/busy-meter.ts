/** Time constant of the average, milliseconds: what happened three of these ago counts for a twentieth. */
const TIME_CONSTANT = 2000;

/** Running average of how busy the workers are. Exact for a level that changes in steps; needs no timer. */
export class BusyMeter {
  readonly #now: () => number;
  #level = 0;
  #average = 0;
  #since: number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** From now on this share of the workers, 0 to 1, is at work. */
  set level(share: number) {
    this.#average = this.average;
    this.#since = this.#now();
    this.#level = share;
  }

  /** Share of the workers' time that went into jobs over the last few seconds, 0 to 1. */
  get average(): number {
    const remembered = Math.exp((this.#since - this.#now()) / TIME_CONSTANT);
    return this.#level + (this.#average - this.#level) * remembered;
  }
}

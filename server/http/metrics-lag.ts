import type { Clock } from "../clock.ts";

/** How often it is looked, milliseconds: twice a second costs 0.01 % of a core. */
const EVERY_MS = 500;
/** Upper bounds of the buckets, seconds. */
export const LAG_BOUNDS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] as const;
/** The worst is told of the last one to two of these, milliseconds: longer than the pause between two scrapes. */
const WINDOW_MS = 30_000;

/** How late alarms ring: what blocks the one thread that serves everybody. */
export class EventLoopLag {
  /** Samples per bucket of LAG_BOUNDS_S; one more holds what is longer. */
  readonly counts: Float64Array = new Float64Array(LAG_BOUNDS_S.length + 1);
  readonly #clock: Clock;
  #cancel: () => void;
  #count = 0;
  #sumSeconds = 0;
  #worst = 0;
  #worstBefore = 0;
  #since: number;

  /** Looks at once and from then on until it is stopped. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
    this.#cancel = this.#look();
  }

  get count(): number {
    return this.#count;
  }

  get sumSeconds(): number {
    return this.#sumSeconds;
  }

  /** The longest of the last half a minute or minute, seconds. */
  get worstSeconds(): number {
    return Math.max(this.#worst, this.#worstBefore);
  }

  stop(): void {
    this.#cancel();
  }

  #look(): () => void {
    const due = this.#clock.now() + EVERY_MS;
    return this.#clock.after(EVERY_MS, () => {
      const now = this.#clock.now();
      this.#note(Math.max(0, now - due) / 1000, now);
      this.#cancel = this.#look();
    });
  }

  #note(seconds: number, now: number): void {
    const bucket = LAG_BOUNDS_S.findIndex((bound) => seconds <= bound);
    this.counts[bucket < 0 ? LAG_BOUNDS_S.length : bucket]!++;
    this.#count++;
    this.#sumSeconds += seconds;
    if (now - this.#since >= WINDOW_MS) {
      this.#since = now;
      this.#worstBefore = this.#worst;
      this.#worst = 0;
    }
    this.#worst = Math.max(this.#worst, seconds);
  }
}

const WINDOW_MS = 2000;

/** Measures how often something happens, over the last two seconds, or over the last two events of a slow camera. */
export class FrameRate {
  readonly #times: number[] = [];

  /** It happened at `now`, in milliseconds of a clock that never goes back. */
  count(now: number): void {
    this.#times.push(now);
    while (this.#times.length > 2 && this.#times[0]! < now - WINDOW_MS) this.#times.shift();
  }

  /** Times per second; 0 until it has happened twice. */
  get perSecond(): number {
    const first = this.#times[0];
    const last = this.#times.at(-1);
    if (first === undefined || last === undefined || last === first) return 0;
    return ((this.#times.length - 1) * 1000) / (last - first);
  }

  /** Forgets everything: after a break the gap is no frame interval. */
  restart(): void {
    this.#times.length = 0;
  }
}

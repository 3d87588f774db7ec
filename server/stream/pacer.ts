/**
 * How far ahead of its nominal time a picture may go, as a share of the interval. Half an interval lets a camera of
 * just the permitted rate jitter by a quarter of its interval either way without losing a frame, and still keeps two
 * pictures at least half an interval apart.
 */
const LEAD = 1 / 2;

/**
 * How much of its interval a picture is let off when no frame was passed over before it. A camera of just the
 * permitted rate would otherwise keep the delay of an unlucky start for ever; so it is made up for in a second or
 * two. The price: a camera up to 1 % faster than permitted is shown whole.
 */
const CATCH_UP = 1 / 100;

/**
 * When the next picture may go, for somebody who may have one every `interval` milliseconds on average.
 *
 * Every picture uses up one interval of an account that is paid in time. The account is advanced by whole intervals,
 * not set from the last send, so a fast camera gives exactly the permitted rate; time that a slow camera let pass is
 * forgiven, not saved up. (The generic cell rate algorithm of ITU-T I.371 annex A, with a tolerance of half an interval.)
 *
 *     used up to ─┐ ┌─ + interval ─┐
 *     ────────────┴─┴──────────────┴──→ time          due = used up to − interval / 2
 *
 * Pure: it is told the time and never waits.
 */
export class Pacer {
  #interval: number;
  #usedUpTo = -Infinity;

  /** @param interval milliseconds between pictures, more than 0 */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Milliseconds between pictures. */
  get interval(): number {
    return this.#interval;
  }

  /** From when on the next picture may go; −Infinity before the first. */
  get due(): number {
    return this.#usedUpTo - this.#interval * LEAD;
  }

  /**
   * A picture goes.
   * @param at when its frame was chosen, milliseconds
   * @param passedOver whether the camera sent another frame since the one before it: then it is too fast to be shown whole
   */
  sent(at: number, passedOver: boolean): void {
    const share = passedOver ? 1 : 1 - CATCH_UP;
    this.#usedUpTo = Math.max(this.#usedUpTo, at) + this.#interval * share;
  }

  /** Another interval from `now` on; a shorter one counts at once, what a longer one has used up is forgiven. */
  change(interval: number, now: number): void {
    this.#interval = interval;
    this.#usedUpTo = Math.min(this.#usedUpTo, now + interval);
  }
}

/**
 * Why a frame was not shown:
 * - `overrun`: lost in the camera's server or on the way here, by gaps in uniqueId;
 * - `skipped`: a newer one came while it waited for a worker, or nobody watched, or workers were reading from every slot
 *   of the source when it came;
 * - `paced`: nobody was to have one yet, by the viewers' frame rates;
 * - `slow`: who was to have one had not taken the one before yet (the network is slower than the camera);
 * - `failed`: it could not be decoded or encoded.
 */
export type LossName = "overrun" | "skipped" | "paced" | "slow" | "failed";

/** Lost frames by cause; each counts up. */
export type Drops = Record<LossName, number>;

/** No losses yet. */
export function noDrops(): Drops {
  return { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };
}

/** `312 paced, 688 slow`; "" where nothing was lost. */
export function lossesInWords(drops: Readonly<Drops>): string {
  const names = Object.keys(drops) as LossName[];
  return names
    .filter((name) => drops[name] > 0)
    .map((name) => `${drops[name]} ${name}`)
    .join(", ");
}

/**
 * The name that a frame goes under when several viewers missed it for different reasons: the one that says most about
 * what it would have taken to show it to somebody. Undefined when nobody missed it.
 */
export function strongest(losses: ReadonlySet<LossName | undefined>): LossName | undefined {
  return (["failed", "skipped", "slow", "paced"] as const).find((name) => losses.has(name));
}

/** Events that a rate is measured over, at most. */
const EVENTS = 128;
/** Events older than this are forgotten, milliseconds. */
const WINDOW = 10_000;

/** Events per second over the last 128 events or 10 s, whichever is less; falls towards 0 when they stop coming. */
export class RateMeter {
  readonly #times = new Float64Array(EVENTS);
  #count = 0;

  /** One event at `now`, monotonic milliseconds. */
  mark(now: number): void {
    this.#times[this.#count++ % EVENTS] = now;
  }

  /** Rate at `now`, per second; 0 when fewer than two events are in the window. */
  rate(now: number): number {
    const newest = this.#count - 1;
    let oldest = newest;
    while (oldest > 0 && newest - oldest < EVENTS - 1 && this.#time(oldest - 1) >= now - WINDOW) oldest--;
    const intervals = newest - oldest;
    if (intervals < 1) return 0;
    const span = this.#time(newest) - this.#time(oldest);
    // Silence longer than the usual interval counts too: the next event cannot come any earlier than now.
    const silence = Math.max(0, now - this.#time(newest) - span / intervals);
    return span + silence > 0 ? (intervals * 1000) / (span + silence) : 0;
  }

  #time(event: number): number {
    return this.#times[event % EVENTS]!;
  }
}

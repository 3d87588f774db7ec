import type { Clock } from "../clock.ts";
import { type Percentiles, RecentHistogram } from "./histogram.ts";
import type { PictureNotes } from "./picture.ts";
import { RateMeter } from "./statistics.ts";
import type { Totals } from "./totals.ts";

/** The percentiles of a report are of the last one to two of these, milliseconds. */
const WINDOW_MS = 30_000;
/** An IOC time further back says that a clock is wrong, not that a picture is old; milliseconds. */
const LONGEST_LATENCY_MS = 3_600_000;

/** What leaves a stream: times and bytes, counted for the stream and for the whole service at once. */
export class StreamTally {
  readonly #clock: Clock;
  readonly #totals: Totals;
  readonly #latency = new RecentHistogram(WINDOW_MS);
  readonly #encodeMs = new RecentHistogram(WINDOW_MS);
  readonly #deliveries = new RateMeter();
  #bytesOut = 0;

  constructor(clock: Clock, totals: Totals) {
    this.#clock = clock;
    this.#totals = totals;
  }

  /** A job made a picture in so many milliseconds. */
  encoded(ms: number): void {
    this.#encodeMs.add(ms, this.#clock.now());
    this.#totals.encodeMs.add(ms);
  }

  /** A viewer took a picture that it had not had. */
  delivered(): void {
    this.#deliveries.mark(this.#clock.now());
  }

  /** A socket has taken `bytes` for `picture`. */
  sent(picture: PictureNotes, bytes: number): void {
    this.#bytesOut += bytes;
    this.#totals.bytesOut += bytes;
    if (isExtra(picture)) return;
    const now = this.#clock.now();
    const handling = now - picture.receivedAt;
    const latency = latencyOf(picture, this.#clock.wallTime(), handling);
    this.#totals.pictures++;
    this.#totals.latency.add(latency);
    this.#totals.handling.add(handling);
    this.#latency.add(latency, now);
  }

  /** What a report says of it. */
  get report(): { outFps: number; bytesOut: number; latency?: Percentiles; encodeMs?: Percentiles } {
    const now = this.#clock.now();
    const latency = this.#latency.percentiles(now);
    const encodeMs = this.#encodeMs.percentiles(now);
    return {
      outFps: this.#deliveries.rate(now),
      bytesOut: this.#bytesOut,
      ...(latency && { latency }),
      ...(encodeMs && { encodeMs }),
    };
  }
}

/** Whether it was sent for the connection's sake: it is no picture that the viewer has not had. */
export function isExtra({ repeat, placeholder }: PictureNotes): boolean {
  return repeat || placeholder;
}

/**
 * How old a picture is, milliseconds: from the IOC's time stamp; where there is none, or one that cannot be right (from the
 * future, or over an hour old: somebody's clock was stepped, or never set), from when it came in.
 */
function latencyOf({ iocTime }: PictureNotes, wallTime: number, handling: number): number {
  const age = iocTime === undefined ? NaN : wallTime - iocTime;
  return age >= 0 && age <= LONGEST_LATENCY_MS ? age : handling;
}

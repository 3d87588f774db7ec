import type { Clock } from "../../clock.ts";

/** Answers that take so much longer than the quickest of late tell of a queue on the way, milliseconds. */
const QUEUE_MS = 100;
/** What a window is made smaller by when there is one. */
const SHRINK = 0.7;
/** Share of what is answered in time that it is made larger by. */
const GROW = 0.25;
/** How long the quickest answer is remembered, milliseconds: pictures grow, and ways change. */
const MEMORY_MS = 10_000;
/** A picture that is not answered for so long is not waited for any more, milliseconds: some clients never answer. */
const UNANSWERED_MS = 2000;
/** As many pictures may be on their way in any case: one to be sent while the other is dealt with. */
const LEAST = 2;

/** One picture on its way. */
export interface Flight {
  readonly bytes: number;
  /** When it was sent, by `Clock.now()`. */
  readonly at: number;
}

/**
 * How many bytes the views of one socket may have on their way together. What one view may have is bounded, but many views on
 * a slow line fill its queues all the same (four at 1 MB/s: 0.7 s), and every picture is as old as the queue is long. So
 * the window shrinks when answers get slow, as TCP Vegas does it, and there is none while they do not.
 *
 *     no window ──answers are 100 ms slower than the quickest──→ 0.7 of what is on its way ──→ 0.7 of that …
 *         ↑                                                           │ answers are quick: a quarter of what was answered
 *         └──────────── four times of what is on its way ←────────────┘
 *
 * Every ten seconds it is closed but for two pictures: else the quickest answer that is known would be one with a queue.
 */
export class FlightWindow {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #flights = new Set<Flight>();
  #bytes = 0;
  #most = Infinity;
  #shrunkAt = -Infinity;
  #quickest = Infinity;
  #since = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether nothing more may be sent until something is answered. */
  get full(): boolean {
    if (this.#most === Infinity) return false;
    this.#giveUp();
    return this.#flights.size >= LEAST && this.#bytes >= this.#most;
  }

  /** A picture is sent. */
  sent(bytes: number): Flight {
    const flight = { bytes, at: this.#clock.now() };
    this.#giveUp();
    this.#flights.add(flight);
    this.#bytes += bytes;
    return flight;
  }

  /** It is answered. */
  answered(flight: Flight): void {
    const bytes = this.#bytes;
    if (!this.forget(flight)) return;
    const now = this.#clock.now();
    const took = now - flight.at;
    this.#remember(took, now);
    if (took <= this.#quickest + QUEUE_MS) {
      this.#most += flight.bytes * GROW;
      if (this.#most > 4 * bytes) this.#most = Infinity;
    } else if (flight.at >= this.#shrunkAt) {
      // Once for all that were on their way: they are late because of the same queue.
      this.#shrunkAt = now;
      this.#most = Math.min(this.#most, bytes) * SHRINK;
    }
  }

  /** Nobody will answer it, for its view has ended. False if it was answered, or is not waited for, already. */
  forget(flight: Flight): boolean {
    const known = this.#flights.delete(flight);
    if (known) this.#bytes -= flight.bytes;
    return known;
  }

  #remember(took: number, now: number): void {
    const old = now - this.#since > MEMORY_MS;
    if (!old && took > this.#quickest) return;
    if (old && this.#most < Infinity) {
      this.#most = 0;
      this.#shrunkAt = now;
    }
    this.#quickest = took;
    this.#since = old ? now : this.#since;
  }

  #giveUp(): void {
    const before = this.#clock.now() - UNANSWERED_MS;
    for (const flight of this.#flights) {
      if (flight.at > before) return;
      this.forget(flight);
    }
  }
}

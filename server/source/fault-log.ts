import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ImageFault, ImageFaultKind } from "./fault.ts";

/** A camera that sends good and bad frames in turn is reported no more often than this, milliseconds. */
const REPEAT_MS = 60_000;

/** Writes each kind of fault once until good frames have come back, so that a camera at 100 fps cannot flood the log. */
export class FaultLog {
  readonly #pv: string;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #loggedAt = new Map<ImageFaultKind, number>();

  constructor(pv: string, log: Log, clock: Clock) {
    this.#pv = pv;
    this.#log = log;
    this.#clock = clock;
  }

  /** A fault happened. */
  note(fault: ImageFault): void {
    if (this.#loggedAt.has(fault.kind)) return;
    this.#loggedAt.set(fault.kind, this.#clock.now());
    this.#log.warning("{pv}: {message}", { pv: this.#pv, message: fault.message, fault: fault.kind });
  }

  /** A good frame came. */
  good(): void {
    if (this.#loggedAt.size === 0) return;
    const forgotten = this.#clock.now() - REPEAT_MS;
    for (const [kind, at] of this.#loggedAt) if (at <= forgotten) this.#loggedAt.delete(kind);
  }
}

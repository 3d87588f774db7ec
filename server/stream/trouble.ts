import type { Clock } from "../clock.ts";

/** A lost connection that is back within this time is none that viewers need to know of, milliseconds. */
const GRACE_MS = 500;

/** Why there are no pictures. */
export interface Trouble {
  /** One sentence for people; may quote a server. */
  readonly reason: string;
  /** When it began, by `Clock.now()`; what tells it from the one before. */
  readonly since: number;
  /** From when on viewers who had a picture are shown a placeholder instead. */
  readonly from: number;
}

/**
 * Whether the camera gives pictures, as far as that can be told without drawing them.
 *
 *     nothing yet ──image──→ (none) ──lost──→ lost ──image──→ (none)
 *                              │ ↑
 *                        fault │ │ image: one good frame in three is a camera that works
 *                              ▼ │
 *                            faulty
 */
export class CameraTrouble {
  readonly #clock: Clock;
  readonly #stallMs: number;
  #kind: "nothing yet" | "lost" | "faulty" | undefined = "nothing yet";
  #reason: string;
  #since: number;

  /** @param stallMs for how long frames must have failed to be trouble, milliseconds */
  constructor(clock: Clock, stallMs: number, reason: string) {
    this.#clock = clock;
    this.#stallMs = stallMs;
    this.#reason = reason;
    this.#since = clock.now();
  }

  /** Undefined while there is none. A camera that sends nothing, and was not lost, stands still: that is no trouble. */
  get current(): Trouble | undefined {
    if (this.#kind === undefined) return undefined;
    const patience = { "nothing yet": 0, lost: GRACE_MS, faulty: this.#stallMs }[this.#kind];
    return { reason: this.#reason, since: this.#since, from: this.#since + patience };
  }

  /** The connection is gone. */
  lost(reason: string): void {
    if (this.#kind === undefined || this.#kind === "faulty") this.#begin("lost");
    this.#reason = reason;
  }

  /** More is known of the trouble: a server answers, say, but has sent nothing. */
  explain(reason: string): void {
    if (this.#kind !== undefined) this.#reason = reason;
  }

  /** What came was no good. */
  fault(reason: string): void {
    if (this.#kind === undefined) this.#begin("faulty");
    this.#reason = reason;
  }

  /** An image came. */
  image(): void {
    this.#kind = undefined;
  }

  #begin(kind: "lost" | "faulty"): void {
    this.#kind = kind;
    this.#since = this.#clock.now();
  }
}

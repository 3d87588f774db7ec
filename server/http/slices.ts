import type { Clock } from "../clock.ts";

/** How long one may take, milliseconds, but for what it ends in: pictures that wait meanwhile are late by less than 5. */
const SLICE_MS = 1;

/**
 * Makes answers that tell of many things a slice at a time, so that pictures need not wait for the whole: one answer after the
 * other, for the slices of several at once would add up.
 */
export class Slices {
  readonly #clock: Clock;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `task` for each of `items`, which are looked at as it goes on. Rejects with what either throws. */
  each<Item>(items: Iterable<Item>, task: (item: Item) => void): Promise<void> {
    const done = this.#last.then(() => this.#goThrough(items, task));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #goThrough<Item>(items: Iterable<Item>, task: (item: Item) => void): Promise<void> {
    let until = await this.#nextSlice();
    for (const item of items) {
      if (this.#clock.now() >= until) until = await this.#nextSlice();
      task(item);
    }
  }

  /** Lets whatever has happened meanwhile have its turn; returns when the slice that begins then ends. */
  async #nextSlice(): Promise<number> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    return this.#clock.now() + SLICE_MS;
  }
}

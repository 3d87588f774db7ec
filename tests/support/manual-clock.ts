import type { Clock } from "../../server/clock.ts";

interface Alarm {
  readonly due: number;
  readonly order: number;
  readonly task: () => void;
}

/** A clock that stands still until `advance` is called; alarms then ring in the order of their due times. */
export class ManualClock implements Clock {
  #now = 0;
  #order = 0;
  #stepped = 0;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return Date.UTC(2026, 0, 1) + this.#now + this.#stepped;
  }

  /** Somebody sets the machine's clock: wall time jumps, and nothing else. */
  step(milliseconds: number): void {
    this.#stepped += milliseconds;
  }

  after(milliseconds: number, task: () => void): () => void {
    const alarm = { due: this.#now + Math.max(0, milliseconds), order: this.#order++, task };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** How many alarms are set: a test that ends with some has found a leaked timer. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Moves time forward, ringing every alarm that falls due on the way and letting promises settle after each. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const alarm = [...this.#alarms]
        .filter(({ due }) => due <= end)
        .sort((a, b) => a.due - b.due || a.order - b.order)[0];
      if (alarm === undefined) break;
      this.#alarms.delete(alarm);
      this.#now = alarm.due;
      alarm.task();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets every promise reaction that is already due run, without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

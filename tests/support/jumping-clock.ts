import type { Clock } from "../../server/clock.ts";

interface Alarm {
  readonly due: number;
  readonly task: () => void;
  cancel: () => void;
}

/** The machine's clock, with a lever: `jump` skips time, so that a minute's linger passes at once amid real sockets. */
export class JumpingClock implements Clock {
  #jumped = 0;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return performance.now() + this.#jumped;
  }

  wallTime(): number {
    return Date.now() + this.#jumped;
  }

  after(milliseconds: number, task: () => void): () => void {
    const alarm: Alarm = { due: this.now() + milliseconds, task, cancel: () => undefined };
    this.#alarms.add(alarm);
    this.#arm(alarm);
    return () => {
      alarm.cancel();
      this.#alarms.delete(alarm);
    };
  }

  /** Skips `milliseconds`: alarms that fall due on the way ring soon, in their order. */
  jump(milliseconds: number): void {
    this.#jumped += milliseconds;
    for (const alarm of this.#alarms) this.#arm(alarm);
  }

  /** Alarms still set; a clean end leaves none. */
  get pending(): number {
    return this.#alarms.size;
  }

  #arm(alarm: Alarm): void {
    alarm.cancel();
    const ring = (): void => {
      this.#alarms.delete(alarm);
      alarm.task();
    };
    const timer = setTimeout(ring, Math.max(0, alarm.due - this.now()));
    alarm.cancel = () => clearTimeout(timer);
  }
}

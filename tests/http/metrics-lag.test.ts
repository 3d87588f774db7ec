import { expect, test } from "bun:test";
import type { Clock } from "../../server/clock.ts";
import { EventLoopLag, LAG_BOUNDS_S } from "../../server/http/metrics-lag.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** A clock whose alarms ring as late as the test says. */
class LateClock implements Clock {
  lateMs = 0;
  #now = 0;
  #alarm: { readonly due: number; readonly task: () => void } | undefined;

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#now;
  }

  after(milliseconds: number, task: () => void): () => void {
    this.#alarm = { due: this.#now + milliseconds, task };
    return () => (this.#alarm = undefined);
  }

  /** Rings the alarm, if there is one. */
  ring(): boolean {
    const alarm = this.#alarm;
    if (alarm === undefined) return false;
    this.#now = alarm.due + this.lateMs;
    this.#alarm = undefined;
    alarm.task();
    return true;
  }
}

test("an alarm that rings late is counted by how late it was", () => {
  const clock = new LateClock();
  const lag = new EventLoopLag(clock);
  for (const lateMs of [0, 0.5, 2, 30, 30, 5000]) {
    clock.lateMs = lateMs;
    clock.ring();
  }
  expect(lag.count).toBe(6);
  expect(lag.sumSeconds).toBeCloseTo(5.0625, 9);
  expect(lag.worstSeconds).toBeCloseTo(5, 9);
  const counts = Object.fromEntries([...LAG_BOUNDS_S, "more"].map((bound, k) => [bound, lag.counts[k]]));
  expect(counts).toMatchObject({ 0.001: 2, 0.0025: 1, 0.05: 2, more: 1 });
});

test("the worst is forgotten after a minute, the counts are not", () => {
  const clock = new LateClock();
  const lag = new EventLoopLag(clock);
  clock.lateMs = 400;
  clock.ring();
  clock.lateMs = 0;
  const until = (milliseconds: number): void => {
    while (clock.now() < milliseconds) clock.ring();
  };
  until(29_000);
  expect(lag.worstSeconds).toBeCloseTo(0.4, 9);
  until(62_000);
  expect(lag.worstSeconds).toBe(0);
  expect(lag.sumSeconds).toBeCloseTo(0.4, 9);
});

test("it looks twice a second, and leaves no alarm when it is stopped", async () => {
  const clock = new ManualClock();
  const lag = new EventLoopLag(clock);
  await clock.advance(10_000);
  expect(lag.count).toBe(20);
  expect(clock.pending).toBe(1);
  lag.stop();
  expect(clock.pending).toBe(0);
});

import { describe, expect, test } from "bun:test";
import { FrameRate } from "../../server/viewer/frame-rate.ts";

function rateOf(times: readonly number[]): number {
  const rate = new FrameRate();
  for (const time of times) rate.count(time);
  return rate.perSecond;
}

describe("a frame rate", () => {
  test("is unknown until there are two frames", () => {
    expect(rateOf([])).toBe(0);
    expect(rateOf([5])).toBe(0);
  });

  test("is exact for an even stream", () => {
    expect(rateOf(Array.from({ length: 100 }, (_, i) => 1000 + i * 40))).toBeCloseTo(25, 10);
  });

  test("follows a change within two seconds", () => {
    const slow = Array.from({ length: 20 }, (_, i) => i * 100);
    const fast = Array.from({ length: 201 }, (_, i) => 2000 + i * 10);
    expect(rateOf([...slow, ...fast])).toBeCloseTo(100, 10);
  });

  test("is known for a camera slower than its window", () => {
    expect(rateOf([0, 5000, 10_000])).toBeCloseTo(0.2, 10);
  });

  test("does not count a break as an interval after a restart", () => {
    const rate = new FrameRate();
    rate.count(0);
    rate.restart();
    rate.count(60_000);
    rate.count(60_040);
    expect(rate.perSecond).toBeCloseTo(25, 10);
  });
});

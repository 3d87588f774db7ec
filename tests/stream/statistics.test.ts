import { describe, expect, test } from "bun:test";
import { RateMeter, strongest } from "../../server/stream/statistics.ts";

function marked(...times: number[]): RateMeter {
  const meter = new RateMeter();
  for (const time of times) meter.mark(time);
  return meter;
}

describe("RateMeter", () => {
  test("is 0 before there are two events", () => {
    expect(new RateMeter().rate(5)).toBe(0);
    expect(marked(5).rate(5)).toBe(0);
  });

  test("is the number of intervals by the time they took", () => {
    expect(marked(0, 100, 200, 300).rate(300)).toBeCloseTo(10, 6);
  });

  test("does not change between events that come evenly", () => {
    expect(marked(0, 100, 200).rate(299)).toBeCloseTo(10, 6);
  });

  test("falls when events stay away, and never rises by that", () => {
    const meter = marked(0, 100, 200);
    const rates = [250, 400, 1000, 5000, 9000].map((now) => meter.rate(now));
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
    expect(rates.at(-1)).toBeLessThan(0.3);
  });

  test("is 0 when the last event is long past", () => {
    expect(marked(0, 100, 200).rate(60_000)).toBe(0);
  });

  test("follows the last 128 events only", () => {
    const meter = marked();
    let time = 0;
    for (let event = 0; event < 1000; event++) meter.mark((time += 10));
    for (let event = 0; event < 128; event++) meter.mark((time += 40));
    expect(meter.rate(time)).toBeCloseTo(25, 1);
  });

  test("measures a camera of one image in four seconds", () => {
    expect(marked(0, 4000, 8000, 12_000).rate(12_000)).toBeCloseTo(0.25, 6);
  });
});

describe("strongest", () => {
  test("names what stood in the way of the viewer who was nearest to seeing the frame", () => {
    expect(strongest(new Set(["paced", "slow", "skipped"]))).toBe("skipped");
    expect(strongest(new Set(["paced", "slow", undefined]))).toBe("slow");
    expect(strongest(new Set(["paced"]))).toBe("paced");
    expect(strongest(new Set([undefined]))).toBeUndefined();
  });
});

import { describe, expect, test } from "bun:test";
import { BOUNDS_MS, Histogram, percentilesOf, RecentHistogram } from "../../server/stream/histogram.ts";
import { seededRandom } from "./seeded-random.ts";

describe("Histogram", () => {
  test("counts each sample in the one bucket whose bounds it lies between", () => {
    for (const [bucket, bound] of BOUNDS_MS.entries()) {
      const histogram = new Histogram();
      histogram.add(bound * 0.999);
      histogram.add(bound * 1.001);
      expect([histogram.counts[bucket], histogram.counts[bucket + 1]]).toEqual([1, 1]);
    }
  });

  test("takes what is no duration for 0, and what is longer than any bound into its last bucket", () => {
    const histogram = new Histogram();
    for (const odd of [0, -5, NaN, -Infinity]) histogram.add(odd);
    expect(histogram.counts[0]).toBe(4);
    for (const long of [1e9, Infinity]) histogram.add(long);
    expect(histogram.counts.at(-1)).toBe(2);
    expect(histogram.counts).toHaveLength(BOUNDS_MS.length + 1);
  });

  test("knows how many samples there were and their sum", () => {
    const histogram = new Histogram();
    for (const ms of [1, 2, 4]) histogram.add(ms);
    expect([histogram.count, histogram.sumMs]).toEqual([3, 7]);
  });

  test("gives percentiles within a tenth of the exact ones, of several histograms together", () => {
    const random = seededRandom(3);
    const samples = Array.from({ length: 5000 }, () => Math.exp(random() * 9));
    const parts = [new Histogram(), new Histogram()];
    for (const [index, ms] of samples.entries()) parts[index % 2]!.add(ms);
    const exact = samples.toSorted((a, b) => a - b);
    const { p50, p90, p99 } = percentilesOf(parts)!;
    for (const [share, found] of Object.entries({ 0.5: p50, 0.9: p90, 0.99: p99 })) {
      const right = exact[Math.floor(Number(share) * exact.length)]!;
      expect(Math.abs(found / right - 1)).toBeLessThan(0.1);
    }
  });

  test("has no percentiles without a sample", () => {
    expect(percentilesOf([new Histogram()])).toBeUndefined();
  });
});

describe("RecentHistogram", () => {
  test("forgets what is older than two windows, and keeps what is younger than one", () => {
    const recent = new RecentHistogram(1000);
    recent.add(8, 0);
    recent.add(8, 900);
    recent.add(500, 1000);
    expect(Math.abs(recent.percentiles(1999)!.p50 - 8)).toBeLessThan(1);
    expect(recent.percentiles(1999)!.p99).toBeGreaterThan(400);
    expect(recent.percentiles(2000)!.p50).toBeGreaterThan(400);
    expect(recent.percentiles(2999)!.p50).toBeGreaterThan(400);
    expect(recent.percentiles(3000)).toBeUndefined();
    recent.add(8, 3000);
    expect(recent.percentiles(9000)).toBeUndefined();
  });
});

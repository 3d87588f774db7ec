import { describe, expect, test } from "bun:test";
import { sampleCode } from "../../wasm/core/abi.ts";
import { SAMPLE_TYPES } from "../../wasm/core/index.ts";
import type { SampleType } from "../../wasm/core/index.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { extremes, toBytes } from "./reference.ts";
import type { Sample } from "./reference.ts";
import { edgeSamples, randomSamples } from "./sample-sets.ts";

function measure(regions: GuardedRegions, type: SampleType, samples: readonly Sample[], odd = 0) {
  const source = regions.put(toBytes(type, samples), odd);
  const result = regions.exports.measure(sampleCode(type), source, samples.length);
  const found = new DataView(regions.exports.memory.buffer, regions.exports.measurementAddress(), 24);
  return {
    result,
    low: found.getFloat64(0, true),
    high: found.getFloat64(8, true),
    finite: found.getFloat64(16, true),
  };
}

for (const build of BUILDS) {
  describe(`measure, ${build} build`, () => {
    for (const type of SAMPLE_TYPES) {
      test(`finds the extremes of ${type} for every length from 1 to 70 at odd addresses`, async () => {
        const regions = await GuardedRegions.of(build);
        for (let length = 1; length <= 70; length++) {
          const samples = randomSamples(type, length, 1000 + length);
          const found = measure(regions, type, samples, length % 16);
          expect(found).toEqual({ result: 0, ...extremes(samples) });
        }
        expect(regions.damage).toBe(0);
      });

      test(`sees an extreme of ${type} wherever it lies`, async () => {
        const regions = await GuardedRegions.of(build);
        for (let at = 0; at < 70; at++) {
          const low = Array.from({ length: 70 }, (_, index) => toSample(type, index === at ? 3 : 5));
          expect(measure(regions, type, low)).toMatchObject({ low: 3, high: 5 });
          const high = low.map((_, index) => toSample(type, index === at ? 100 : 5));
          expect(measure(regions, type, high)).toMatchObject({ low: 5, high: 100 });
        }
      });

      test(`takes the ends of ${type} and odd numbers as they are`, async () => {
        const regions = await GuardedRegions.of(build);
        const edges = edgeSamples(type);
        for (const samples of [
          edges,
          [...edges, ...edges, ...edges, ...edges, ...edges],
          edges.toReversed(),
        ]) {
          expect(measure(regions, type, samples)).toEqual({ result: 0, ...extremes(samples) });
        }
      });
    }

    test("compares 64-bit integers exactly where float64 sees no difference", async () => {
      const regions = await GuardedRegions.of(build);
      const near = Array.from({ length: 9 }, () => 2n ** 53n + 1n);
      near[7] = 2n ** 53n + 2n;
      expect(measure(regions, "int64", near)).toMatchObject({ low: 2 ** 53, high: 2 ** 53 + 2 });
      expect(measure(regions, "uint64", [2n ** 64n - 1n, 2n ** 63n - 1n])).toMatchObject({
        low: 2 ** 63,
        high: 2 ** 64,
      });
    });

    for (const type of ["float32", "float64"] as const) {
      test(`counts what is finite in ${type} and answers infinities if nothing is`, async () => {
        const regions = await GuardedRegions.of(build);
        for (let length = 1; length <= 40; length++) {
          const none = Array.from({ length }, (_, index) => [NaN, Infinity, -Infinity][index % 3]!);
          const empty = measure(regions, type, none);
          expect(empty).toEqual({ result: 0, low: Infinity, high: -Infinity, finite: 0 });
          none[length >> 1] = -7.5;
          const one = measure(regions, type, none);
          expect(one).toEqual({ result: 0, low: -7.5, high: -7.5, finite: 1 });
        }
      });

      test(`counts what is finite in ${type} wherever in a long array NaN and infinities lie`, async () => {
        const regions = await GuardedRegions.of(build);
        const whole = Array.from({ length: 7001 }, (_, index) => (index % 1000) - 300);
        for (const odd of [NaN, Infinity, -Infinity]) {
          for (const at of [0, 5, 1023, 1024, 2047, 2048, 4100, 6999, 7000]) {
            const samples = whole.map((sample, index) => (index === at ? odd : sample));
            expect(measure(regions, type, samples)).toEqual({
              result: 0,
              low: -300,
              high: 699,
              finite: 7000,
            });
          }
        }
        expect(measure(regions, type, whole)).toEqual({ result: 0, low: -300, high: 699, finite: 7001 });
      });

      test(`finds the extremes of ${type} where sums of samples are beyond the type`, async () => {
        const regions = await GuardedRegions.of(build);
        const largest = type === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
        const samples = Array.from({ length: 9000 }, (_, index) => (index < 4500 ? largest : -largest));
        expect(measure(regions, type, samples)).toEqual({
          result: 0,
          low: -largest,
          high: largest,
          finite: 9000,
        });
      });

      test(`makes no difference between the zeros of ${type}`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const zeros of [Array<number>(33).fill(-0), [0, -0, 0, -0, 0], [-0, 0]]) {
          const { low, high } = measure(regions, type, zeros);
          expect([Object.is(low, 0), Object.is(high, 0)]).toEqual([true, true]);
        }
      });
    }

    test("refuses an unknown sample type and an empty array", async () => {
      const { exports } = await GuardedRegions.of(build);
      expect(exports.measure(10, exports.freeStart(), 4)).toBe(-1);
      expect(exports.measure(-1, exports.freeStart(), 4)).toBe(-1);
      expect(exports.measure(1, exports.freeStart(), 0)).toBe(-3);
    });
  });
}

function toSample(type: SampleType, value: number): Sample {
  return type.endsWith("int64") ? BigInt(value) : value;
}

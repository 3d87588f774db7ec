import { describe, expect, test } from "bun:test";
import { sampleCode } from "../../wasm/core/abi.ts";
import { SAMPLE_TYPES, bytesPerSample } from "../../wasm/core/index.ts";
import type { SampleType } from "../../wasm/core/index.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { extremes, toBytes } from "./reference.ts";
import type { Sample } from "./reference.ts";
import { edgeSamples, randomSamples, xorshift } from "./sample-sets.ts";

function percentiles(
  regions: GuardedRegions,
  type: SampleType,
  bytes: Uint8Array,
  [low, high]: readonly [number, number],
) {
  const source = regions.put(bytes);
  const workspace = regions.take(regions.exports.percentileWorkspaceBytes());
  const count = bytes.length / bytesPerSample(type);
  const code = sampleCode(type);
  const result = regions.exports.percentiles(code, source, count, low / 100, high / 100, workspace);
  const found = new DataView(regions.exports.memory.buffer, regions.exports.measurementAddress(), 24);
  return {
    result,
    low: found.getFloat64(0, true),
    high: found.getFloat64(8, true),
    finite: found.getFloat64(16, true),
  };
}

/** By sorting: numpy.percentile with method "lower" and "higher". */
function bySorting(samples: readonly Sample[], [low, high]: readonly [number, number]) {
  const finite = samples.filter((sample) => typeof sample === "bigint" || Number.isFinite(sample));
  const sorted = finite.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const last = sorted.length - 1;
  return {
    result: 0,
    low: Number(sorted[Math.floor(last * (low / 100))]) + 0,
    high: Number(sorted[Math.ceil(last * (high / 100))]) + 0,
    finite: sorted.length,
  };
}

const RANGES = [[0, 100], [1, 99], [0.1, 99.9], [50, 50], [25, 100], [0, 0], [99.99, 100]] as const; // prettier-ignore

for (const build of BUILDS) {
  describe(`percentiles, ${build} build`, () => {
    for (const type of SAMPLE_TYPES) {
      test(`finds the very samples of ${type} that sorting finds`, async () => {
        const regions = await GuardedRegions.of(build);
        const sets = [
          ...[1, 2, 3, 7, 500].map((count) => randomSamples(type, count, count)),
          [...edgeSamples(type), ...randomSamples(type, 41, 8)],
          Array.from({ length: 99 }, (_, at) => (type.endsWith("int64") ? BigInt(at % 3) : at % 3)),
        ];
        // Zeros of both signs are equal, but differ in their bits; which of them an extreme is, is chance.
        if (type.startsWith("float")) {
          sets.push(
            [0, -0, 0, -0, 5],
            [-0, 0, -5, 0, -0],
            [-0, 0, 0],
            [0, -0],
            [5, 0, NaN, -0, -Infinity, 7],
          );
          sets.push([-0, 0, -0, 0, -0, 0, -0, 0, -0, 0, -0, 0, -0, 2 ** 100, -0, 0, Infinity]);
        }
        for (const samples of sets) {
          for (const range of RANGES) {
            const found = percentiles(regions, type, toBytes(type, samples), range);
            expect({ range, ...found }).toEqual({ range, ...bySorting(samples, range) });
          }
        }
        expect(regions.damage).toBe(0);
      });

      test(`takes the outermost percentiles of ${type} for the extremes`, async () => {
        const regions = await GuardedRegions.of(build);
        const samples = [...randomSamples(type, 300, 3), ...edgeSamples(type)];
        expect(percentiles(regions, type, toBytes(type, samples), [0, 100])).toEqual({
          result: 0,
          ...extremes(samples),
        });
      });
    }

    for (const type of ["int16", "uint16"] as const) {
      test(`is exact for ${type} pictures large enough to be guessed about, whatever their shape`, async () => {
        const regions = await GuardedRegions.of(build);
        const least = type === "int16" ? -32768 : 0;
        const next = xorshift(5);
        const shapes: ((at: number) => number)[] = [
          () => next() & 0xffff,
          () => 30000 + (next() & 0xfff),
          // A dark background of one value, two values, few bright pixels, a slope that the stride could follow.
          () => ((next() & 15) === 0 ? next() & 0x3ff : 0),
          () => (next() & 1) * 65535,
          (at) => (at % 65537 === 0 ? 65535 : 7),
          (at) => at >> 3,
          (at) => (at < 200000 ? 0 : next() & 0xffff),
          // Only samples that the guess passes over differ.
          (at) => (at % 5 === 0 ? 100 : at & 0xffff),
        ];
        for (const [index, shape] of shapes.entries()) {
          const values = new Uint16Array(300_007).map((_, at) => shape(at));
          const signed = type === "int16" ? new Int16Array(values.map((value) => value + least)) : values;
          const sorted = signed.toSorted();
          const bytes = new Uint8Array(signed.buffer);
          for (const range of RANGES) {
            const last = sorted.length - 1;
            const low = sorted[Math.floor(last * (range[0] / 100))]!;
            const high = sorted[Math.ceil(last * (range[1] / 100))]!;
            const found = percentiles(regions, type, bytes, range);
            expect({ index, range, ...found }).toEqual({
              index,
              range,
              result: 0,
              low,
              high,
              finite: 300_007,
            });
          }
        }
        expect(regions.damage).toBe(0);
      });
    }

    test("tells 64-bit integers apart where float64 cannot, before it rounds them", async () => {
      const regions = await GuardedRegions.of(build);
      const samples = Array.from(
        { length: 2001 },
        (_, at) => 2n ** 62n + BigInt(at) * 512n + 1n,
      ).toReversed();
      for (const range of [
        [10, 90],
        [50, 51],
      ] as const) {
        // prettier-ignore
        expect(percentiles(regions, "int64", toBytes("int64", samples), range)).toEqual(bySorting(samples, range));
      }
    });

    for (const type of ["float32", "float64"] as const) {
      test(`leaves NaN and infinities of ${type} out and says so if there is nothing else`, async () => {
        const regions = await GuardedRegions.of(build);
        const none = Array.from({ length: 50 }, (_, at) => [NaN, Infinity, -Infinity][at % 3]!);
        expect(percentiles(regions, type, toBytes(type, none), [1, 99])).toEqual({
          result: 0,
          low: Infinity,
          high: -Infinity,
          finite: 0,
        });
        const some = [...none, 3, -2, ...none, -0.5, 1e30];
        for (const range of RANGES) {
          expect(percentiles(regions, type, toBytes(type, some), range)).toEqual(
            bySorting(toBytesAndBack(type, some), range),
          );
        }
      });
    }

    test("refuses unknown types, nothing to count, and fractions that are none", async () => {
      const { exports } = await GuardedRegions.of(build);
      const at = exports.freeStart();
      expect(exports.percentiles(10, at, 4, 0, 1, at + 64)).toBe(-1);
      expect(exports.percentiles(1, at, 0, 0, 1, at + 64)).toBe(-3);
      for (const [low, high] of [
        [-0.1, 1],
        [0, 1.1],
        [0.6, 0.5],
        [NaN, 1],
      ] as const) {
        // prettier-ignore
        expect(exports.percentiles(1, at, 4, low, high, at + 64)).toBe(-4);
      }
    });
  });
}

function toBytesAndBack(type: "float32" | "float64", samples: readonly number[]): number[] {
  return type === "float32" ? samples.map(Math.fround) : [...samples];
}

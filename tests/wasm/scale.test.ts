import { describe, expect, test } from "bun:test";
import { sampleCode } from "../../wasm/core/abi.ts";
import { SAMPLE_TYPES } from "../../wasm/core/index.ts";
import type { SampleType } from "../../wasm/core/index.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { doubleLevel, extremes, floatLevel, integerLevel, quotientLevel, toBytes } from "./reference.ts";
import type { Sample } from "./reference.ts";
import { edgeSamples, randomSamples, typeLimits } from "./sample-sets.ts";

type Range = readonly [low: number, high: number];

function scale(
  regions: GuardedRegions,
  type: SampleType,
  samples: readonly Sample[],
  [low, high]: Range,
  odd = 0,
): number[] {
  const source = regions.put(toBytes(type, samples), odd);
  const target = regions.take(samples.length, odd);
  expect(regions.exports.scale(sampleCode(type), source, samples.length, target, low, high)).toBe(0);
  return [...regions.bytes(target, samples.length)];
}

/** The definition of each type's level, as wasm/assembly/pixel/levels.ts has it in words. */
function level(type: SampleType, sample: Sample, [low, high]: Range): number {
  if (type === "float64") return doubleLevel(sample, low, high);
  if (type === "float32") return floatLevel(Number(sample), low, high);
  // Float64 holds every 32-bit difference; beyond, samples become float64 first.
  return integerLevel(BigInt(Number(sample)), low, high);
}

/** Ranges of whole numbers: the type's own, parts of it, beyond it, to one side of it, as narrow as can be. */
function wholeRanges(type: SampleType): Range[] {
  const { least, most } = typeLimits(type);
  const [first, last] = [Number(least), Number(most)];
  const third = Math.floor(last / 3);
  return [
    [first, last],
    [0, third + 1],
    [third, third + 1],
    [third, third + 2],
    [first - 100, last + 1],
    [first, last * 3],
    [last + 1, last + 50],
    [first - 50, first - 1],
    [-1e9, 1e9],
    [last, last + 1],
    [7, 109],
  ].filter((range): range is [number, number] => range[0]! < range[1]!);
}

const INTEGERS = SAMPLE_TYPES.filter((type) => !type.startsWith("float"));
const UP_TO_32_BITS = INTEGERS.filter((type) => !type.endsWith("64"));

for (const build of BUILDS) {
  describe(`scale, ${build} build`, () => {
    for (const type of SAMPLE_TYPES) {
      test(`draws ${type} as defined for every length from 0 to 70 at odd addresses`, async () => {
        const regions = await GuardedRegions.of(build);
        for (let length = 0; length <= 70; length++) {
          const samples = randomSamples(type, length, 77 + length);
          const { low, high } = extremes([...samples, ...randomSamples(type, 2, 5)]);
          const range: Range = [low, high];
          const expected = samples.map((sample) => level(type, sample, range));
          expect(scale(regions, type, samples, range, length % 16)).toEqual(expected);
        }
        expect(regions.damage).toBe(0);
      });

      test(`draws the lowest sample of ${type} black and the highest white`, async () => {
        const regions = await GuardedRegions.of(build);
        for (let seed = 1; seed < 200; seed++) {
          const samples = randomSamples(type, 19, seed);
          const { low, high } = extremes(samples);
          const levels = scale(regions, type, samples, [low, high]);
          expect([Math.min(...levels), Math.max(...levels)]).toEqual([0, 255]);
        }
      });
    }

    for (const type of UP_TO_32_BITS) {
      test(`rounds ${type} as whole-number fractions do, halves to even, in ranges inside and outside the type`, async () => {
        const regions = await GuardedRegions.of(build);
        const samples = [...edgeSamples(type), ...randomSamples(type, 500, 4)];
        for (const range of wholeRanges(type)) {
          const near = Array.from({ length: 600 }, (_, index) => BigInt(range[0] + index - 20));
          const inside = near.filter((v) => v >= typeLimits(type).least && v <= typeLimits(type).most);
          const all = [...samples, ...inside];
          const expected = all.map((sample) => integerLevel(sample, range[0], range[1]));
          expect({ range, levels: scale(regions, type, all, range) }).toEqual({ range, levels: expected });
        }
      });
    }

    for (const type of ["int16", "uint16"] as const) {
      test(`draws all 65536 values of ${type} exactly for ranges that meet halves`, async () => {
        const regions = await GuardedRegions.of(build);
        const { least } = typeLimits(type);
        const all = Array.from({ length: 65536 }, (_, index) => Number(least) + index);
        const source = regions.put(toBytes(type, all));
        const target = regions.take(65536);
        const base = Number(least);
        const widths = [
          1, 2, 6, 102, 255, 510, 1020, 3570, 4095, 16383, 32767, 32768, 65279, 65533, 65534, 65535,
        ];
        for (const width of [...widths, 65536, 100000, 524287, 524288, 524289, 1e7]) {
          for (const low of [base, base + 13, base - 1000]) {
            regions.exports.scale(sampleCode(type), source, 65536, target, low, low + width);
            const levels = regions.bytes(target, 65536);
            const wrong = all.filter((x, index) => levels[index] !== exactLevel(x - low, width));
            expect({ low, width, wrong: wrong.slice(0, 5) }).toEqual({ low, width, wrong: [] });
          }
        }
      });
    }

    for (const type of ["int32", "uint32"] as const) {
      test(`draws ${type} exactly on both sides of every half, in ranges of all widths`, async () => {
        const regions = await GuardedRegions.of(build);
        const { least, most } = typeLimits(type);
        for (const width of [
          1,
          2,
          255,
          510,
          4074,
          50800,
          65535,
          65536,
          99991,
          200001,
          16777216,
          16777217,
          2 ** 31,
        ]) {
          const steps = Array.from({ length: 256 }, (_, level) => Math.floor(((level - 0.5) * width) / 255));
          const above = [...steps.flatMap((n) => [n - 1, n, n + 1, n + 2]), width, width + 1];
          for (const low of [Number(least), 1000, Number(most) - width]) {
            const samples = above.map((n) => Math.min(Math.max(low + n, Number(least)), Number(most)));
            const source = regions.put(toBytes(type, samples));
            const target = regions.take(samples.length);
            regions.exports.scale(sampleCode(type), source, samples.length, target, low, low + width);
            const levels = regions.bytes(target, samples.length);
            const wrong = samples.filter(
              (x, index) => levels[index] !== exactLevel(Math.min(Math.max(x - low, 0), width), width),
            );
            expect({ low, width, wrong: wrong.slice(0, 5) }).toEqual({ low, width, wrong: [] });
          }
        }
      });
    }

    for (const type of ["int64", "uint64"] as const) {
      test(`draws ${type} beyond float64's whole numbers as float64 does`, async () => {
        const regions = await GuardedRegions.of(build);
        const samples = [...edgeSamples(type), ...randomSamples(type, 400, 9)];
        for (const range of [
          [-(2 ** 63), 2 ** 63],
          [0, 2 ** 64],
          [2 ** 53, 2 ** 53 + 4],
          [2 ** 62, 2 ** 62 + 2 ** 20],
        ] as const) {
          const expected = samples.map((sample) => quotientLevel(sample, range[0], range[1]));
          expect({ range, levels: scale(regions, type, samples, range) }).toEqual({
            range,
            levels: expected,
          });
        }
      });
    }

    for (const type of ["float32", "float64"] as const) {
      test(`draws NaN and both infinities of ${type} black wherever they lie`, async () => {
        const regions = await GuardedRegions.of(build);
        for (let at = 0; at < 20; at++) {
          for (const odd of [NaN, Infinity, -Infinity]) {
            const samples = Array.from({ length: 20 }, (_, index) => (index === at ? odd : 1));
            const expected = samples.map((sample) => (sample === 1 ? 255 : 0));
            expect(scale(regions, type, samples, [0, 1])).toEqual(expected);
          }
        }
      });

      test(`draws infinities of ${type} black in long arrays, NaN before and after them`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const at of [0, 1, 2, 1023, 1024, 2999]) {
          const samples = Array.from({ length: 3001 }, (_, index) => (index % 4 === 0 ? NaN : 255));
          samples[at] = Infinity;
          const source = regions.put(toBytes(type, samples));
          const target = regions.take(3001);
          regions.exports.scale(sampleCode(type), source, 3001, target, 0, 255);
          const expected = samples.map((sample) => (sample === 255 ? 255 : 0));
          expect([...regions.bytes(target, 3001)]).toEqual(expected);
        }
      });

      test(`survives the largest and smallest numbers of ${type}`, async () => {
        const regions = await GuardedRegions.of(build);
        const samples = edgeSamples(type);
        const largest = type === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
        const least = type === "float32" ? Math.fround(1e-36) : 1.5e-306;
        for (const range of [
          [-largest / 2, largest / 2],
          [0, least],
          [0, largest / 2],
        ] as const) {
          const expected = samples.map((sample) => level(type, sample, range));
          expect(scale(regions, type, samples, range)).toEqual(expected);
        }
      });
    }

    test("draws float32 within one level of float64 arithmetic", async () => {
      const regions = await GuardedRegions.of(build);
      const samples = randomSamples("float32", 20000, 31);
      const { low, high } = extremes(samples);
      const levels = scale(regions, "float32", samples, [low, high]);
      const worst = samples.map((sample, i) => Math.abs(levels[i]! - doubleLevel(sample, low, high)));
      expect(Math.max(...worst)).toBeLessThanOrEqual(1);
    });

    test("refuses ranges that say nothing and sample types it does not know", async () => {
      const { exports } = await GuardedRegions.of(build);
      const [source, target] = [exports.freeStart(), exports.freeStart() + 64];
      for (const [low, high] of [
        [5, 5],
        [6, 5],
        [NaN, 5],
        [0, Infinity],
        [0.5, 5],
        [0, 5.5],
      ] as const) {
        expect(exports.scale(3, source, 4, target, low, high)).toBe(-4);
      }
      expect(exports.scale(9, source, 4, target, 0, 5e-324)).toBe(-4);
      expect(exports.scale(10, source, 4, target, 0, 1)).toBe(-1);
    });
  });
}

/** Whole numbers up to 2³⁷ throughout, so exact in doubles. */
function exactLevel(above: number, width: number): number {
  const [whole, rest] = [Math.floor((255 * above) / width), (255 * above) % width];
  const up = 2 * rest > width || (2 * rest === width && whole % 2 === 1);
  return Math.min(Math.max(up ? whole + 1 : whole, 0), 255);
}

import { describe, expect, test } from "bun:test";
import { sampleCode } from "../../wasm/core/abi.ts";
import { curveThresholds } from "../../wasm/core/curves.ts";
import { SAMPLE_TYPES } from "../../wasm/core/index.ts";
import type { SampleType } from "../../wasm/core/index.ts";
import type { CurveWish } from "../../wasm/core/recipe.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { toBytes } from "./reference.ts";
import type { Sample } from "./reference.ts";
import { edgeSamples, randomSamples, typeLimits } from "./sample-sets.ts";

const CURVES: readonly CurveWish[] = [
  { kind: "linear" },
  { kind: "log" },
  { kind: "sqrt" },
  { kind: "gamma", gamma: 2.2 },
  { kind: "gamma", gamma: 0.45 },
  { kind: "gamma", gamma: 20 },
  { kind: "gamma", gamma: 0.05 },
];

/** The curve by its formula, before rounding. */
function formula(wish: CurveWish, t: number): number {
  if (wish.kind === "log") return (255 * Math.log(1 + 1000 * t)) / Math.log(1001);
  if (wish.kind === "sqrt") return 255 * Math.sqrt(t);
  return 255 * (wish.kind === "gamma" ? t ** (1 / wish.gamma) : t);
}

function place(sample: Sample, low: number, high: number): number {
  const number = Number(sample);
  if (!Number.isFinite(number)) return 0;
  return Math.min(Math.max((number - low) / (high - low), 0), 1);
}

function draw(
  regions: GuardedRegions,
  type: SampleType,
  samples: readonly Sample[],
  wish: CurveWish,
  [low, high]: readonly [number, number],
): number[] {
  const source = regions.put(toBytes(type, samples), samples.length % 8);
  const table = regions.put(new Uint8Array(curveThresholds(wish, type, low, high).buffer));
  const workspace = regions.take(regions.exports.stepsWorkspaceBytes());
  const target = regions.take(samples.length, samples.length % 3);
  const code = sampleCode(type);
  const count = samples.length;
  expect(regions.exports.scaleBySteps(code, source, count, target, low, high, table, workspace)).toBe(0);
  return [...regions.bytes(target, count)];
}

/** 64-bit bounds that float64 cannot tell apart are no range. */
function rangesOf(type: SampleType): (readonly [number, number])[] {
  return allRangesOf(type).filter(([low, high]) => low < high);
}

function allRangesOf(type: SampleType): (readonly [number, number])[] {
  if (type.startsWith("float")) return [[-300, 700], [0, 1], [100, 100.5], [-1e30, 1e30]]; // prettier-ignore
  const [least, most] = [Number(typeLimits(type).least), Number(typeLimits(type).most)];
  const third = Math.floor(most / 3);
  return [[least, most], [third, third + 1], [third, third + 40], [least - 50, most + 1000], [most + 1, most + 2000]]; // prettier-ignore
}

for (const build of BUILDS) {
  describe(`scaleBySteps, ${build} build`, () => {
    for (const type of SAMPLE_TYPES) {
      test(`draws ${type} within half a level and a hair of every curve's formula`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const range of rangesOf(type)) {
          const [low, high] = range;
          const inside = Array.from({ length: 300 }, (_, at) => low + ((high - low) * at ** 3) / 299 ** 3);
          const fitting = type.startsWith("float") ? inside : wholeInside(type, inside);
          const samples = [...edgeSamples(type), ...randomSamples(type, 99, 7), ...fitting];
          for (const wish of CURVES) {
            const levels = draw(regions, type, samples, wish, range);
            const worst = samples.map((sample, at) =>
              Math.abs(levels[at]! - formula(wish, place(fround(type, sample), low, high))),
            );
            expect({ wish, range, off: Math.max(...worst) < 0.5001 }).toEqual({ wish, range, off: true });
          }
        }
        expect(regions.damage).toBe(0);
      });

      test(`never falls as ${type} rises and is 0 below the range and 255 above`, async () => {
        const regions = await GuardedRegions.of(build);
        const rising = randomSamples(type, 1000, 12).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const [low, high] = [Number(rising[100]), Number(rising[900])];
        for (const wish of CURVES) {
          const levels = draw(regions, type, rising, wish, [low, high]);
          expect(levels).toEqual(levels.toSorted((a, b) => a - b));
          expect([levels[99], levels[100], levels[900], levels[999]]).toEqual([0, 0, 255, 255]);
        }
      });
    }

    for (const type of ["int16", "uint16"] as const) {
      test(`draws all 65536 values of ${type} exactly as rounding the formula does`, async () => {
        const regions = await GuardedRegions.of(build);
        const all = Array.from({ length: 65536 }, (_, at) => Number(typeLimits(type).least) + at);
        for (const range of [
          [-100, 4095],
          [0, 65535],
          [200, 455],
          [-32768, 32767],
        ] as const) {
          // prettier-ignore
          for (const wish of CURVES) {
            const levels = draw(regions, type, all, wish, range);
            const wrong = all.filter((x, at) => levels[at] !== halfToEven(formula(wish, place(x, range[0], range[1]))));
            // The logarithm of the test is another one than the core's, so a half may fall to either side.
            const offHalf = wrong.filter((x) => Math.abs((formula(wish, place(x, range[0], range[1])) % 1) - 0.5) > 1e-9);
            expect({ wish, range, offHalf }).toEqual({ wish, range, offHalf: [] });
          }
        }
      });
    }

    test("refuses unknown types and ranges that are none", async () => {
      const { exports } = await GuardedRegions.of(build);
      const at = exports.freeStart();
      expect(exports.scaleBySteps(10, at, 1, at + 64, 0, 1, at, at)).toBe(-1);
      expect(exports.scaleBySteps(1, at, 1, at + 64, 1, 1, at, at)).toBe(-4);
      expect(exports.scaleBySteps(9, at, 1, at + 64, NaN, 1, at, at)).toBe(-4);
    });
  });
}

describe("curveThresholds", () => {
  test("draws sqrt as gamma 2, and gamma 1 as linear", () => {
    const table = (wish: CurveWish): number[] => [...curveThresholds(wish, "uint32", 0, 1e9)];
    expect(table({ kind: "gamma", gamma: 2 })).toEqual(table({ kind: "sqrt" }));
    expect(table({ kind: "gamma", gamma: 1 })).toEqual(table({ kind: "linear" }));
  });

  test("never falls and stays inside the range, however steep the curve", () => {
    for (const type of SAMPLE_TYPES) {
      for (const wish of CURVES) {
        for (const [low, high] of rangesOf(type)) {
          const thresholds = [...curveThresholds(wish, type, low, high)];
          expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
          expect([thresholds[0]! >= low, thresholds[254]! <= high]).toEqual([true, true]);
        }
      }
    }
  });
});

function wholeInside(type: SampleType, values: readonly number[]): Sample[] {
  const { least, most } = typeLimits(type);
  const whole = values.map((value) => BigInt(Math.round(value))).filter((v) => v >= least && v <= most);
  return type.endsWith("64") ? whole : whole.map(Number);
}

function fround(type: SampleType, sample: Sample): Sample {
  return type === "float32" ? Math.fround(Number(sample)) : sample;
}

function halfToEven(value: number): number {
  const whole = Math.floor(value);
  const rest = value - whole;
  return rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole;
}

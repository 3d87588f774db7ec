import { describe, expect, test } from "bun:test";
import { COLOUR_CODE, sampleCode } from "../../wasm/core/abi.ts";
import { COLOUR_MODES, SAMPLE_TYPES, samplesPerPixel } from "../../wasm/core/index.ts";
import type { ColourMode, SampleType } from "../../wasm/core/index.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { toBytes, toSamples } from "./reference.ts";
import type { Sample } from "./reference.ts";
import { edgeSamples, randomSamples, typeLimits } from "./sample-sets.ts";

/** Where a pixel's channels lie: of the samples, and of the picture, which is rgb1 for mono samples. */
function places(mode: ColourMode, width: number, height: number, pixel: number): number[] {
  const [x, y] = [pixel % width, Math.floor(pixel / width)];
  return [0, 1, 2].map((colour) => {
    if (mode === "mono") return pixel;
    if (mode === "rgb1") return 3 * pixel + colour;
    return mode === "rgb2" ? (3 * y + colour) * width + x : colour * width * height + pixel;
  });
}

function painted(
  mode: ColourMode,
  [width, height]: readonly [number, number],
  samples: readonly Sample[],
  [low, high]: readonly [number, number],
  picture: Uint8Array,
): Uint8Array {
  const made = picture.slice();
  for (let pixel = 0; pixel < width * height; pixel++) {
    const channels = places(mode, width, height, pixel).map((at) => Number(samples[at]));
    const above = channels.some((sample) => sample > high && sample < Infinity);
    const inside = channels.every((sample) => sample >= low && sample < Infinity);
    if (!above && inside) continue;
    const targets = places(mode === "mono" ? "rgb1" : mode, width, height, pixel);
    (above ? [255, 0, 0] : [0, 0, 255]).forEach((part, colour) => (made[targets[colour]!] = part));
  }
  return made;
}

/** Mostly inside the range, some just at its ends, few outside: what the vectors pass over and what they do not. */
function samplesOf(type: SampleType, count: number, [low, high]: readonly [number, number]): Sample[] {
  const odd = [...edgeSamples(type), ...randomSamples(type, 20, 6)];
  const near = [low - 1, low, low + 1, high - 1, high, high + 1];
  const all = Array.from({ length: count }, (_, at) => {
    if (at % 53 === 52) return odd[at % odd.length]!;
    const value = at % 97 === 96 ? near[at % near.length]! : Math.floor((low + high) / 2);
    return type.endsWith("int64") ? BigInt(value) : value;
  });
  return toSamples(type, toBytes(type, all));
}

/** 64-bit bounds that float64 cannot tell apart are no range. */
function rangesOf(type: SampleType): (readonly [number, number])[] {
  return allRangesOf(type).filter(([low, high]) => low < high);
}

function allRangesOf(type: SampleType): (readonly [number, number])[] {
  if (type.startsWith("float")) return [[-10, 20.5], [0, 1]]; // prettier-ignore
  const { least, most } = typeLimits(type);
  return [[10, 90], [Number(least), Number(most)], [Number(least) - 10, 50], [50, Number(most) + 10], [Number(most) + 1, Number(most) + 300]]; // prettier-ignore
}

for (const build of BUILDS) {
  describe(`paintOutside, ${build} build`, () => {
    for (const type of SAMPLE_TYPES) {
      test(`paints ${type} above the range red and below it or no number blue, in every mode`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const mode of COLOUR_MODES) {
          for (const size of [
            [1, 1],
            [15, 1],
            [16, 3],
            [77, 5],
          ] as const) {
            // prettier-ignore
            for (const range of rangesOf(type)) {
              const count = size[0] * size[1] * samplesPerPixel(mode);
              const samples = samplesOf(type, count, range);
              const picture = new Uint8Array(3 * size[0] * size[1]).map((_, at) => 40 + (at % 100));
              const source = regions.put(toBytes(type, samples), size[0] % 3);
              const target = regions.put(picture, size[0] % 5);
              const [code, modeCode, low, high] = [sampleCode(type), COLOUR_CODE[mode], range[0], range[1]];
              const result = regions.exports.paintOutside(code, modeCode, source, size[0], size[1], low, high, target);
              expect(result).toBe(0);
              const made = regions.bytes(target, picture.length);
              expect({ mode, size, range, made: [...made] }).toEqual({
                mode,
                size,
                range,
                made: [...painted(mode, size, samples, range, picture)],
              });
            }
          }
        }
        expect(regions.damage).toBe(0);
      });
    }

    test("refuses unknown types and modes and a range that is none", async () => {
      const { exports } = await GuardedRegions.of(build);
      const at = exports.freeStart();
      expect(exports.paintOutside(10, 0, at, 1, 1, 0, 1, at + 64)).toBe(-1);
      expect(exports.paintOutside(1, 1, at, 1, 1, 0, 1, at + 64)).toBe(-2);
      expect(exports.paintOutside(1, 0, at, 1, 1, 1, 1, at + 64)).toBe(-4);
    });
  });
}

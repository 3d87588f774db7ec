import { describe, expect, test } from "bun:test";
import { sampleCode } from "../../wasm/core/abi.ts";
import { BAYER_PATTERNS, SAMPLE_TYPES, bytesPerSample } from "../../wasm/core/index.ts";
import type { SampleType } from "../../wasm/core/index.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { toBytes, toSamples } from "./reference.ts";
import type { Sample } from "./reference.ts";
import { randomSamples } from "./sample-sets.ts";

interface Mosaic {
  readonly type: SampleType;
  readonly width: number;
  readonly height: number;
  readonly samples: readonly Sample[];
}

function demosaic(regions: GuardedRegions, mosaic: Mosaic, pattern: number, odd = 0): Sample[] {
  const { type, width, height, samples } = mosaic;
  const source = regions.put(toBytes(type, samples), odd);
  const bytes = 3 * samples.length * bytesPerSample(type);
  const target = regions.take(bytes, odd);
  expect(regions.exports.demosaic(sampleCode(type), pattern, source, width, height, target)).toBe(0);
  return toSamples(type, regions.bytes(target, bytes));
}

/** Mirrored in the outermost row or column, which keeps odd odd; a single one has itself for a neighbour. */
function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  return at < 0 ? -at : at >= length ? 2 * (length - 1) - at : at;
}

/** Letters at 0,0 1,0 0,1 and 1,1. */
function colourAt(pattern: string, x: number, y: number): string {
  return pattern[(y & 1) * 2 + (x & 1)]!;
}

/** The mean as the type has it: integers to nearest, halves up; floats step by step. */
function mean(type: SampleType, samples: readonly Sample[]): Sample {
  if (type.startsWith("float")) {
    const round = type === "float32" ? Math.fround : Number;
    const half = (a: number, b: number): number => round(round(a * 0.5) + round(b * 0.5));
    const [a, b, c, d] = samples.map(Number);
    return c === undefined ? half(a!, b!) : half(half(a!, b!), half(c, d!));
  }
  const count = BigInt(samples.length);
  const sum = samples.reduce<bigint>((total, sample) => total + BigInt(sample), count / 2n);
  const whole = sum >= 0n ? sum / count : -((count - 1n - sum) / count);
  return type.endsWith("64") ? whole : Number(whole);
}

/** Bilinear: for each pixel and colour the nearest samples of that colour, of which there are one, two or four. */
function reference(mosaic: Mosaic, pattern: string): Sample[] {
  const { type, width, height, samples } = mosaic;
  const near = [
    [[0, 0]],
    [[-1, 0], [1, 0]], // prettier-ignore
    [[0, -1], [0, 1]], // prettier-ignore
    [[-1, 0], [1, 0], [0, -1], [0, 1]], // prettier-ignore
    [[-1, -1], [1, 1], [1, -1], [-1, 1]], // prettier-ignore
  ] as const;
  return ["r", "g", "b"].flatMap((colour) =>
    samples.map((_, index) => {
      const [x, y] = [index % width, Math.floor(index / width)];
      const matching = near.filter((offsets) =>
        offsets.every(([dx, dy]) => colourAt(pattern, x + dx, y + dy) === colour),
      );
      // Green has two pairs and the four of them: the most there are, of the nearest.
      const offsets =
        matching[0]!.length === 1 ? matching[0]! : matching.toSorted((a, b) => b.length - a.length)[0]!;
      const chosen = offsets.map(
        ([dx, dy]) => samples[mirrored(y + dy, height) * width + mirrored(x + dx, width)]!,
      );
      return chosen.length === 1 ? chosen[0]! : mean(type, chosen);
    }),
  );
}

const SIZES = [[1, 1], [2, 1], [1, 2], [2, 2], [3, 3], [5, 1], [7, 9], [16, 2], [17, 3], [18, 4], [19, 5], [33, 4], [34, 6], [35, 7], [70, 5]] as const; // prettier-ignore

for (const build of BUILDS) {
  describe(`demosaic, ${build} build`, () => {
    for (const type of SAMPLE_TYPES) {
      test(`gives ${type} mosaics of all patterns and awkward sizes the colours of a plain bilinear one`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const [width, height] of SIZES) {
          const samples = randomSamples(type, width * height, 31 * width + height);
          for (const [code, pattern] of BAYER_PATTERNS.entries()) {
            const mosaic = { type, width, height, samples };
            const made = demosaic(regions, mosaic, code, width % 5);
            expect({ width, height, pattern, made }).toEqual({
              width,
              height,
              pattern,
              made: reference(mosaic, pattern),
            });
          }
        }
        expect(regions.damage).toBe(0);
      });
    }

    test("rounds means of any two and four bytes to nearest, halves up", async () => {
      const regions = await GuardedRegions.of(build);
      const samples = randomSamples("uint8", 256 * 64, 9).map((sample) => (Number(sample) % 5) + 126);
      const mosaic = { type: "uint8", width: 256, height: 64, samples } as const;
      expect(demosaic(regions, mosaic, 0)).toEqual(reference(mosaic, "rggb"));
    });

    test("draws a grey card grey up to the very corners", async () => {
      const regions = await GuardedRegions.of(build);
      const samples = Array<number>(40 * 30).fill(200);
      for (const type of ["uint8", "int16", "float32"] as const) {
        const made = demosaic(regions, { type, width: 40, height: 30, samples }, 1);
        expect(new Set(made)).toEqual(new Set([200]));
      }
    });

    test("refuses unknown types and patterns and empty pictures", async () => {
      const { exports } = await GuardedRegions.of(build);
      const [source, target] = [exports.freeStart(), exports.freeStart() + 4096];
      expect(exports.demosaic(10, 0, source, 2, 2, target)).toBe(-1);
      expect(exports.demosaic(1, 4, source, 2, 2, target)).toBe(-5);
      expect(exports.demosaic(1, -1, source, 2, 2, target)).toBe(-5);
      expect(exports.demosaic(1, 0, source, 0, 2, target)).toBe(-3);
    });
  });
}

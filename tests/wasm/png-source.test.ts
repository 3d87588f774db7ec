import { describe, expect, test } from "bun:test";
import { COLOUR_MODES, Core, DEFAULT_RECIPE, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import type { Frame, PngSource, SampleType } from "../../wasm/core/index.ts";
import { BUILDS } from "./both-builds.ts";
import { arranged, noiseFrame, pixelsOf } from "./frames.ts";
import { toSamples } from "./reference.ts";
import type { Sample } from "./reference.ts";
import { edgeSamples } from "./sample-sets.ts";
import { toBytes } from "./reference.ts";

const cores = { simd: await Core.load({ build: "simd" }), scalar: await Core.load({ build: "scalar" }) };

function numbersOf({ samples, depth }: PngSource): number[] {
  expect(samples.BYTES_PER_ELEMENT).toBe(depth / 8);
  return [...samples];
}

/** round((x - low) · 65535 / (high - low)), halves to even: in whole numbers for integers, doubles for floats. */
function deepLevel(type: SampleType, sample: Sample, low: number, high: number): number {
  if (type.startsWith("float")) {
    const number = Number(sample);
    return Number.isFinite(number)
      ? Math.min(65535, Math.max(0, ((number - low) / (high - low)) * 65535))
      : 0;
  }
  const width = BigInt(high) - BigInt(low);
  const scaled = (BigInt(sample) - BigInt(low)) * 65535n;
  if (scaled <= 0n) return 0;
  const [whole, rest] = [scaled / width, scaled % width];
  const up = 2n * rest > width || (2n * rest === width && whole % 2n === 1n);
  return Math.min(65535, Number(up ? whole + 1n : whole));
}

for (const build of BUILDS) {
  const core = cores[build];
  describe(`toPngSource, ${build} build`, () => {
    for (const colourMode of COLOUR_MODES) {
      test(`keeps every bit of uint8, uint16 and int16 ${colourMode}, turned and cut`, () => {
        for (const sampleType of ["uint8", "uint16", "int16"] as const) {
          const frame = noiseFrame({ width: 13, height: 6, sampleType, colourMode });
          const recipe = {
            ...DEFAULT_RECIPE,
            roi: { x: 2, y: 1, width: 9, height: 5 },
            rotate: "90",
          } as const;
          const found = core.toPngSource(frame, recipe);
          const offset = sampleType === "int16" ? 32768 : 0;
          expect(found).toMatchObject({ width: 5, height: 9, raw: true, offset });
          expect(found.channels).toBe(colourMode === "mono" ? 1 : 3);
          expect(found.depth).toBe(sampleType === "uint8" ? 8 : 16);
          const numbers = toSamples(sampleType, frame.pixels).map((sample) => Number(sample) + offset);
          const expected = arranged(pixelsOf(frame, numbers as unknown as Uint8Array), recipe);
          expect(numbersOf(found)).toEqual([...expected.samples]);
        }
      });
    }

    for (const sampleType of SAMPLE_TYPES.filter((type) => !type.endsWith("int8"))) {
      test(`spreads ${sampleType} over 16 bits by an asked range`, () => {
        const samples = edgeSamples(sampleType);
        const shape = { width: samples.length, height: 1, colourMode: "mono", bigEndian: false } as const;
        const frame: Frame = { ...shape, sampleType, pixels: toBytes(sampleType, samples) };
        for (const [low, high] of [
          [0, 2],
          [-3, 4],
          [0, 65535],
        ] as const) {
          const range = { kind: "fixed", low, high } as const;
          const found = core.toPngSource(frame, { ...DEFAULT_RECIPE, range });
          expect(found).toMatchObject({ depth: 16, raw: false, offset: 0, range: { low, high } });
          const wrong = numbersOf(found).map((level, index) =>
            Math.abs(level - deepLevel(sampleType, samples[index]!, low, high)),
          );
          expect(Math.max(...wrong)).toBeLessThanOrEqual(sampleType.startsWith("float") ? 0.5001 : 0);
        }
      });
    }

    test("averages 16-bit samples where they shrink", () => {
      const samples = Uint16Array.of(1000, 2001, 65535, 65535);
      const pixels = new Uint8Array(samples.buffer);
      const frame = { ...noiseFrame({ width: 4, height: 1 }), sampleType: "uint16", pixels } as const;
      const found = core.toPngSource(frame, { ...DEFAULT_RECIPE, width: 2 });
      expect(numbersOf(found)).toEqual([1501, 65535]);
    });

    test("spreads what has more than 16 bits from its lowest to its highest sample when nothing is asked", () => {
      const pixels = new Uint8Array(Float32Array.of(-1, 0, NaN, 1).buffer);
      const frame = { ...noiseFrame({ width: 4, height: 1 }), sampleType: "float32", pixels } as const;
      const found = core.toPngSource(frame, DEFAULT_RECIPE);
      expect(numbersOf(found)).toEqual([0, 32768, 0, 65535]);
      expect(found).toMatchObject({ raw: false, range: { low: -1, high: 1 } });
    });
  });
}

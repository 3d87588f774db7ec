import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  COLOUR_MODES,
  Core,
  CoreError,
  DEFAULT_RECIPE,
  FrameError,
  SAMPLE_TYPES,
  samplesPerPixel,
} from "../../wasm/core/index.ts";
import type { ColourMode, Frame, Recipe, SampleType } from "../../wasm/core/index.ts";
import { BUILDS } from "./both-builds.ts";
import { toBytes } from "./reference.ts";
import type { Sample } from "./reference.ts";
import { edgeSamples, randomSamples } from "./sample-sets.ts";

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly sampleType: SampleType;
  readonly colourMode: ColourMode;
}

function frameOf(shape: Shape, samples: readonly Sample[], bigEndian = false): Frame {
  return { ...shape, bigEndian, pixels: toBytes(shape.sampleType, samples, bigEndian) };
}

/** Eight samples in a row, grey, with range auto unless said. */
function levelsOf(core: Core, type: SampleType, samples: readonly Sample[], recipe: Partial<Recipe> = {}) {
  const shape = { width: samples.length, height: 1, sampleType: type, colourMode: "mono" } as const;
  const asked = { ...DEFAULT_RECIPE, range: { kind: "auto" }, ...recipe } as const;
  const { samples: levels, range } = core.toSamples(frameOf(shape, samples), asked);
  return { levels: [...levels], range };
}

function faultOf(task: () => unknown): unknown {
  try {
    task();
  } catch (fault) {
    return fault;
  }
  throw new Error("nothing was thrown");
}

const cores = { simd: await Core.load({ build: "simd" }), scalar: await Core.load({ build: "scalar" }) };

for (const build of BUILDS) {
  const core = cores[build];
  describe(`the core, ${build} build`, () => {
    for (const type of SAMPLE_TYPES) {
      test(`spreads ${type} from its lowest to its highest sample`, () => {
        const samples = [10, 20, 30, 40, 50, 61].map((value) =>
          type.endsWith("int64") ? BigInt(value) : value,
        );
        const { levels, range } = levelsOf(core, type, samples);
        expect(levels).toEqual([0, 50, 100, 150, 200, 255]);
        expect(range).toEqual({ low: 10, high: 61, issues: [] });
      });

      test(`reads big-endian ${type}`, () => {
        const samples = randomSamples(type, 35, 3);
        const shape = { width: 7, height: 5, sampleType: type, colourMode: "mono" } as const;
        const little = core.toSamples(frameOf(shape, samples), DEFAULT_RECIPE);
        const expected = { samples: [...little.samples], range: little.range };
        const big = core.toSamples(frameOf(shape, samples, true), DEFAULT_RECIPE);
        expect({ samples: [...big.samples], range: big.range }).toEqual(expected);
      });
    }

    test("passes uint8 through untouched by default", () => {
      const samples = randomSamples("uint8", 100, 12);
      const { levels, range } = levelsOf(core, "uint8", samples, { range: { kind: "default" } });
      expect(levels).toEqual(samples as number[]);
      expect(range).toEqual({ low: 0, high: 255, issues: [] });
    });

    test("draws with the asked range and answers the one it used", () => {
      const asked = { range: { kind: "fixed", low: 100, high: 355 } } as const;
      const { levels, range } = levelsOf(core, "uint16", [0, 100, 101, 227, 355, 356, 65535], asked);
      expect(levels).toEqual([0, 0, 1, 127, 255, 255, 255]);
      expect(range).toEqual({ low: 100, high: 355, issues: [] });
    });

    test("draws a constant image black and an image without a finite sample too", () => {
      for (const value of [0, 7, 65535]) {
        const { levels, range } = levelsOf(core, "uint16", Array<number>(20).fill(value));
        expect(new Set(levels)).toEqual(new Set([0]));
        expect(range).toMatchObject({ low: value, issues: ["constant-image"] });
      }
      const { levels, range } = levelsOf(core, "float32", [NaN, Infinity, -Infinity, NaN, Infinity]);
      expect(levels).toEqual([0, 0, 0, 0, 0]);
      expect(range.issues).toEqual(["no-finite-sample"]);
    });

    test("lets neither NaN nor infinities choose the range", () => {
      const { levels, range } = levelsOf(core, "float64", [NaN, 5, -Infinity, 6, Infinity]);
      expect(levels).toEqual([0, 0, 0, 255, 0]);
      expect(range).toMatchObject({ low: 5, high: 6 });
    });

    test("draws the ends of every type", () => {
      for (const type of SAMPLE_TYPES) {
        const { levels, range } = levelsOf(core, type, edgeSamples(type));
        expect(range.low).toBeLessThan(range.high);
        expect([Math.min(...levels), Math.max(...levels)]).toEqual([0, 255]);
      }
    });

    test("uses one range for the three channels of a colour image", () => {
      const shape = { width: 2, height: 1, sampleType: "uint16", colourMode: "rgb1" } as const;
      const { samples } = core.toSamples(frameOf(shape, [0, 100, 510, 10, 20, 30]), DEFAULT_RECIPE);
      expect([...samples]).toEqual([0, 50, 255, 5, 10, 15]);
    });

    test("makes the same RGBA of one picture in every layout", () => {
      const [width, height] = [5, 3];
      const value = (x: number, y: number, channel: number) => 100 * channel + 10 * y + x;
      const expected = Array.from({ length: 4 * width * height }, (_, at) => {
        const [channel, x, y] = [at % 4, (at >> 2) % width, Math.floor((at >> 2) / width)];
        return channel === 3 ? 255 : value(x, y, channel);
      });
      const where: Record<string, (at: number) => [x: number, y: number, channel: number]> = {
        rgb1: (at) => [Math.floor(at / 3) % width, Math.floor(at / 3 / width), at % 3],
        rgb2: (at) => [at % width, Math.floor(at / width / 3), Math.floor(at / width) % 3],
        rgb3: (at) => [at % width, Math.floor(at / width) % height, Math.floor(at / width / height)],
      };
      for (const mode of COLOUR_MODES.filter((mode) => mode !== "mono")) {
        const samples = Array.from({ length: 45 }, (_, at) => value(...where[mode]!(at)));
        const shape = { width, height, sampleType: "uint8", colourMode: mode } as const;
        const { rgba } = core.toRgba(frameOf(shape, samples), DEFAULT_RECIPE);
        expect(rgba).toBeInstanceOf(Uint8ClampedArray);
        expect([...rgba]).toEqual(expected);
      }
    });

    test("reads frames from shared memory and never writes them", () => {
      const samples = randomSamples("uint16", 24, 6);
      const bytes = toBytes("uint16", samples, true);
      const pixels = new Uint8Array(new SharedArrayBuffer(64), 5, 48);
      pixels.set(bytes);
      const shape = { width: 6, height: 4, sampleType: "uint16", colourMode: "mono" } as const;
      const fromShared = [...core.toSamples({ ...shape, bigEndian: true, pixels }, DEFAULT_RECIPE).samples];
      expect(fromShared).toEqual([...core.toSamples(frameOf(shape, samples), DEFAULT_RECIPE).samples]);
      expect([...pixels]).toEqual([...bytes]);
    });

    test("encodes a JPEG of every type and colour mode, with its size in the frame header", () => {
      for (const sampleType of SAMPLE_TYPES) {
        for (const colourMode of COLOUR_MODES) {
          const shape = { width: 21, height: 13, sampleType, colourMode };
          const samples = randomSamples(sampleType, 21 * 13 * samplesPerPixel(colourMode), 2);
          const { jpeg } = core.encodeJpeg(frameOf(shape, samples), DEFAULT_RECIPE);
          expect(frameHeader(jpeg)).toEqual({
            width: 21,
            height: 13,
            components: samplesPerPixel(colourMode),
          });
          expect([...jpeg.subarray(-2)]).toEqual([0xff, 0xd9]);
        }
      }
    });

    test("finds room for noise that no first guess holds", () => {
      const [width, height] = [640, 480];
      const shape = { width, height, sampleType: "uint8", colourMode: "rgb1" } as const;
      const samples = randomSamples("uint8", width * height * 3, 99);
      const { jpeg } = core.encodeJpeg(frameOf(shape, samples), {
        ...DEFAULT_RECIPE,
        quality: 100,
        subsampling: "444",
      });
      expect(jpeg.length).toBeGreaterThan(width * height * 3 + 65536);
      expect([...jpeg.subarray(-2)]).toEqual([0xff, 0xd9]);
    });

    test("refuses a frame that contradicts itself", () => {
      const shape = { width: 3, height: 3, sampleType: "uint8", colourMode: "mono" } as const;
      const frame = frameOf(shape, [1, 2, 3]);
      expect(faultOf(() => core.encodeJpeg(frame, DEFAULT_RECIPE))).toBeInstanceOf(FrameError);
      expect(faultOf(() => core.toRgba(frame, DEFAULT_RECIPE))).toMatchObject({
        code: "size-mismatch",
        have: 3,
        need: 9,
      });
    });

    test("refuses to make a JPEG that no browser decodes, of more than 65500 pixels a side, but draws it", () => {
      for (const side of [65500, 65501, 65536]) {
        for (const [width, height] of [
          [side, 1],
          [1, side],
        ] as const) {
          const shape = { width, height, sampleType: "uint8", colourMode: "mono" } as const;
          const frame = { ...shape, bigEndian: false, pixels: new Uint8Array(side).fill(9) };
          expect(core.toRgba(frame, DEFAULT_RECIPE).rgba.length).toBe(4 * side);
          if (side === 65500) {
            expect(frameHeader(core.encodeJpeg(frame, DEFAULT_RECIPE).jpeg)).toMatchObject({ width, height });
          } else {
            expect(faultOf(() => core.encodeJpeg(frame, DEFAULT_RECIPE))).toMatchObject({
              code: "too-large-for-jpeg",
              have: side,
              need: 65500,
            });
          }
        }
      }
    });

    test("refuses what passes its memory limit with both numbers, and goes on", async () => {
      const small = await Core.load({ build, memoryLimit: 2 ** 21 });
      const big = { width: 2048, height: 2048, sampleType: "uint8", colourMode: "mono" } as const;
      const pixels = new Uint8Array(2048 * 2048);
      const fault = faultOf(() => small.toSamples({ ...big, bigEndian: false, pixels }, DEFAULT_RECIPE));
      expect(fault).toBeInstanceOf(CoreError);
      expect(fault).toMatchObject({ code: "out-of-memory", have: 2 ** 21 });
      expect((fault as CoreError).need).toBeGreaterThan(2048 * 2048);
      expect(levelsOf(small, "uint16", [1, 2]).levels).toEqual([0, 255]);
    });

    test("answers the same after its memory has grown", async () => {
      const fresh = await Core.load({ build });
      const before = levelsOf(fresh, "int32", [-5, 0, 5]);
      const shape = { width: 3000, height: 1000, sampleType: "uint8", colourMode: "mono" } as const;
      const pixels = new Uint8Array(3000 * 1000).map((_, index) => index % 251);
      const { rgba } = fresh.toRgba({ ...shape, bigEndian: false, pixels }, DEFAULT_RECIPE);
      expect([...rgba.subarray(4 * 2999999)]).toEqual([2999999 % 251, 2999999 % 251, 2999999 % 251, 255]);
      expect(levelsOf(fresh, "int32", [-5, 0, 5])).toEqual(before);
    });
  });
}

describe("both builds", () => {
  test("write the same JPEG for any frame and recipe", () => {
    const shape = fc.record({
      width: fc.integer({ min: 1, max: 40 }),
      height: fc.integer({ min: 1, max: 40 }),
      sampleType: fc.constantFrom(...SAMPLE_TYPES),
      colourMode: fc.constantFrom(...COLOUR_MODES),
    });
    const recipe = fc.record({
      range: fc.constantFrom(
        { kind: "auto" } as const,
        { kind: "full" } as const,
        { kind: "fixed", low: -3, high: 900 } as const,
      ),
      quality: fc.integer({ min: 1, max: 100 }),
      subsampling: fc.constantFrom("420" as const, "444" as const),
      encoder: fc.constant("fast" as const),
    });
    fc.assert(
      fc.property(shape, recipe, fc.integer(), fc.boolean(), (shape, recipe, seed, bigEndian) => {
        const count = shape.width * shape.height * samplesPerPixel(shape.colourMode);
        const frame = frameOf(shape, randomSamples(shape.sampleType, count, seed), bigEndian);
        const simd = cores.simd.encodeJpeg(frame, recipe);
        const scalar = cores.scalar.encodeJpeg(frame, recipe);
        expect(Buffer.compare(simd.jpeg, scalar.jpeg)).toBe(0);
        expect(simd.range).toEqual(scalar.range);
      }),
      { numRuns: 150 },
    );
  });
});

/** Size and components of the first frame header (SOF0; ITU-T T.81, B.2.2). */
function frameHeader(jpeg: Uint8Array): { width: number; height: number; components: number } {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  let at = 2;
  while (view.getUint16(at) !== 0xffc0) at += 2 + view.getUint16(at + 2);
  return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components: view.getUint8(at + 9) };
}

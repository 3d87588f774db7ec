import { describe, expect, test } from "bun:test";
import {
  BAYER_PATTERNS,
  COLOUR_MODES,
  Core,
  DEFAULT_RECIPE,
  FRAME_MODES,
  MAPS,
  SAMPLE_TYPES,
} from "../../wasm/core/index.ts";
import type { Frame, Recipe } from "../../wasm/core/index.ts";
import { JobMemory } from "../../wasm/core/job-memory.ts";
import { writeJpeg } from "../../wasm/core/jpeg.ts";
import { coloursOf } from "../../wasm/core/maps.ts";
import { instantiate } from "../../wasm/core/module.ts";
import { BUILDS } from "./both-builds.ts";
import { noiseFrame } from "./frames.ts";

const cores = { simd: await Core.load({ build: "simd" }), scalar: await Core.load({ build: "scalar" }) };

function recipeOf(words: Partial<Recipe>): Recipe {
  return { ...DEFAULT_RECIPE, ...words };
}

/** Every frame mode and sample type that go together, at sizes that are no multiple of anything but YUV's groups. */
function* kindsOfFrames(width: number, height: number): Generator<Frame> {
  for (const colourMode of FRAME_MODES) {
    const types = colourMode.startsWith("yuv") ? (["uint8"] as const) : SAMPLE_TYPES;
    for (const sampleType of types) yield noiseFrame({ width, height, sampleType, colourMode });
  }
}

/** A grey uint16 frame of these samples in one row. */
function rowOf(samples: readonly number[]): Frame {
  const pixels = new Uint8Array(Uint16Array.from(samples).buffer);
  const shape = { width: samples.length, height: 1, colourMode: "mono", bigEndian: false } as const;
  return { ...shape, sampleType: "uint16", pixels };
}

describe("the two builds", () => {
  test("draw the same of every kind of frame, map, curve, paint and size", () => {
    const wishes: Partial<Recipe>[] = [
      {},
      { range: { kind: "percentile", low: 5, high: 95 }, curve: { kind: "log" }, map: "viridis" },
      { curve: { kind: "gamma", gamma: 2.2 }, saturated: true, range: { kind: "fixed", low: 10, high: 100 } },
      { map: "grey-inverted", rotate: "90", scale: 0.6 },
      { range: { kind: "full" }, roi: { x: 3, y: 1, width: 9, height: 7 }, width: 30, flip: "y" },
    ];
    for (const [width, height] of [
      [4, 1],
      [20, 13],
    ] as const) {
      for (const frame of kindsOfFrames(width, height)) {
        for (const wish of wishes) {
          if (wish.roi !== undefined && (height <= 1 || width <= 4)) continue;
          const recipe = recipeOf(wish);
          const simd = cores.simd.toRgba(frame, recipe);
          const expected = { ...simd, rgba: Buffer.from(simd.rgba) };
          const scalar = cores.scalar.toRgba(frame, recipe);
          expect({ ...scalar, rgba: Buffer.from(scalar.rgba) }).toEqual(expected);
          const jpegs = [cores.simd, cores.scalar].map((core) =>
            Buffer.from(core.encodeJpeg(frame, recipe).jpeg),
          );
          expect(jpegs[0]!.compare(jpegs[1]!)).toBe(0);
        }
      }
    }
  });
});

for (const build of BUILDS) {
  const core = cores[build];
  describe(`the pipeline, ${build} build`, () => {
    test("writes the JPEG of the samples that it gives out, whether the encoder scales or a stage does", async () => {
      const exports = await instantiate(build);
      const memory = new JobMemory(exports.memory, exports.freeStart() >>> 0, 2 ** 28);
      for (const frame of kindsOfFrames(20, 9)) {
        for (const wish of [
          {},
          { range: { kind: "auto" } },
          { curve: { kind: "sqrt" } },
        ] as Partial<Recipe>[]) {
          const recipe = recipeOf(wish);
          const { samples, colourMode, range } = core.toSamples(frame, recipe);
          memory.startJob();
          const source = memory.take(samples.length);
          memory.view(source, samples.length).set(samples);
          const picture = { width: 20, height: 9, colourMode };
          const expected = Buffer.from(writeJpeg(exports, memory, source, picture, recipe).jpeg);
          const found = core.encodeJpeg(frame, recipe);
          expect(Buffer.compare(found.jpeg, expected)).toBe(0);
          expect(found.range).toEqual(range);
        }
      }
    });

    test("demosaics a region by the pattern that the region begins with", () => {
      // Each colour has one value: whatever the phase, a right pattern gives one flat colour.
      for (const pattern of BAYER_PATTERNS) {
        for (const sampleType of ["uint8", "uint16"] as const) {
          const values = { r: 200, g: 100, b: 50 };
          const levels = Array.from({ length: 12 * 10 }, (_, at) => {
            const [x, y] = [at % 12, Math.floor(at / 12)];
            return values[pattern[(y & 1) * 2 + (x & 1)] as "r" | "g" | "b"];
          });
          const pixels =
            sampleType === "uint8"
              ? Uint8Array.from(levels)
              : new Uint8Array(Uint16Array.from(levels).buffer);
          const shape = { width: 12, height: 10, sampleType, colourMode: "bayer", bigEndian: false } as const;
          const frame: Frame = { ...shape, bayer: pattern, pixels };
          for (const [x, y] of [
            [0, 0],
            [1, 0],
            [0, 1],
            [3, 3],
          ] as const) {
            const roi = { x, y, width: 6, height: 5 };
            const { rgba } = core.toRgba(
              frame,
              recipeOf({ roi, range: { kind: "fixed", low: 0, high: 255 } }),
            );
            expect(
              new Set(Array.from({ length: 30 }, (_, at) => rgba.slice(4 * at, 4 * at + 4).join())),
            ).toEqual(new Set(["200,100,50,255"]));
          }
          const grey = core.toSamples(
            frame,
            recipeOf({ bayer: "off", range: { kind: "fixed", low: 0, high: 255 } }),
          );
          expect([...grey.samples]).toEqual(levels);
          const asked = core.toRgba({ ...frame, colourMode: "mono" }, recipeOf({ bayer: pattern }));
          expect([...asked.rgba.slice(0, 3)].some((level, at, all) => level !== all[(at + 1) % 3])).toBe(
            true,
          );
        }
      }
    });

    test("gives every level the colour that its map has", () => {
      const pixels = Uint8Array.from({ length: 256 }, (_, level) => level);
      const shape = {
        width: 16,
        height: 16,
        sampleType: "uint8",
        colourMode: "mono",
        bigEndian: false,
      } as const;
      for (const map of MAPS) {
        const { rgba } = core.toRgba({ ...shape, pixels }, recipeOf({ map }));
        expect([...rgba.filter((_, at) => at % 4 !== 3)]).toEqual([...coloursOf(map)]);
      }
      const colours = core.toSamples(
        noiseFrame({ width: 3, height: 2, colourMode: "rgb1" }),
        recipeOf({ map: "jet" }),
      );
      expect(colours.issues).toEqual(["map-ignored"]);
    });

    test("paints what is above the range red and what is below it blue, in maps and inverted too", () => {
      const frame = rowOf([5, 10, 15, 20, 25]);
      const range = { kind: "fixed", low: 10, high: 20 } as const;
      for (const map of ["grey", "grey-inverted", "viridis"] as const) {
        const plain = core.toRgba(frame, recipeOf({ range, map })).rgba.slice();
        const { rgba } = core.toRgba(frame, recipeOf({ range, map, saturated: true }));
        expect([...rgba.slice(0, 4)]).toEqual([0, 0, 255, 255]);
        expect([...rgba.slice(4, 16)]).toEqual([...plain.slice(4, 16)]);
        expect([...rgba.slice(16)]).toEqual([255, 0, 0, 255]);
      }
      const colour = noiseFrame({ width: 4, height: 2, sampleType: "float32", colourMode: "rgb3" });
      const { rgba } = core.toRgba(
        colour,
        recipeOf({ range: { kind: "fixed", low: 1e6, high: 2e6 }, saturated: true }),
      );
      expect([...rgba.slice(0, 4)]).toEqual([0, 0, 255, 255]);
    });

    test("leaves uint8 with nothing outside its range grey when saturation is to be painted", () => {
      const frame = noiseFrame({ width: 9, height: 5 });
      const found = core.toSamples(frame, recipeOf({ saturated: true }));
      expect(found.colourMode).toBe("mono");
      expect([...found.samples]).toEqual([...frame.pixels]);
    });

    test("draws between percentiles, of which outliers decide nothing", () => {
      const samples = Array.from({ length: 1000 }, (_, at) => (at === 500 ? 65535 : 100 + (at % 100)));
      const found = core.toSamples(
        rowOf(samples),
        recipeOf({ range: { kind: "percentile", low: 1, high: 99 } }),
      );
      expect(found.range).toEqual({ low: 101, high: 199, issues: [] });
      const flat = core.toSamples(rowOf([...Array<number>(99).fill(7), 9]), {
        ...DEFAULT_RECIPE,
        range: { kind: "percentile", low: 0, high: 50 },
      });
      expect(flat.range).toEqual({ low: 7, high: 8, issues: ["range-widened"] });
    });

    test("rides a measured range on the history when it is told the time, and not else", () => {
      const first = core.toSamples(rowOf([100, 200]), DEFAULT_RECIPE, {}, { at: 1000 });
      expect(first.range).toEqual({ low: 100, high: 200, issues: [] });
      expect(first.history).toEqual({ range: { low: 100, high: 200, at: 1000, of: "uint16" } });
      const passed = structuredClone(first.history);
      const second = core.toSamples(rowOf([110, 220]), DEFAULT_RECIPE, passed, { at: 1100 });
      expect(second.range).toEqual({ low: 101, high: 202, issues: [] });
      const jump = core.toSamples(rowOf([100, 2000]), DEFAULT_RECIPE, passed, { at: 1100 });
      expect(jump.range).toEqual({ low: 100, high: 2000, issues: [] });
      const alone = core.toSamples(rowOf([110, 220]), DEFAULT_RECIPE, passed);
      expect(alone).toMatchObject({ range: { low: 110, high: 220 }, history: passed });
    });

    test("begins a range anew where the sample type changes", () => {
      const { history } = core.toSamples(rowOf([0, 400]), DEFAULT_RECIPE, {}, { at: 1000 });
      const bytes = {
        ...rowOf([0, 0]),
        width: 4,
        sampleType: "uint8",
        pixels: Uint8Array.of(0, 9, 100, 250),
      } as const;
      const auto = recipeOf({ range: { kind: "auto" } });
      const found = core.toSamples(bytes, auto, history, { at: 1010 });
      expect(found.range).toEqual({ low: 0, high: 250, issues: [] });
      const next = core.toSamples({ ...bytes, pixels: Uint8Array.of(0, 9, 100, 240) }, auto, found.history, {
        at: 1010,
      });
      expect(next.range).toEqual({ low: 0, high: 250, issues: [] });
    });

    test("counts the samples that are shown, for those who ask", () => {
      const frame = rowOf([1, 2, 3, 6, 60000]);
      const roi = { x: 0, y: 0, width: 4, height: 1 };
      const { statistics } = core.encodeJpeg(frame, recipeOf({ roi, scale: 0.5 }), {}, { statistics: true });
      expect(statistics).toMatchObject({ min: 1, max: 6, mean: 3, count: 4 });
      expect(statistics!.histogram.reduce((sum, count) => sum + count)).toBe(4);
      const bytes = noiseFrame({ width: 8, height: 8 });
      const shrunk = core.encodeJpeg(bytes, recipeOf({ scale: 0.5 }), {}, { statistics: true });
      expect(shrunk.statistics).toMatchObject({ count: 64, max: Math.max(...bytes.pixels) });
      expect(core.encodeJpeg(frame, DEFAULT_RECIPE).statistics).toBeUndefined();
    });

    test("fits Huffman tables to the frame before, through a history that can be cloned", () => {
      const frame = noiseFrame({ width: 64, height: 64 });
      const recipe = recipeOf({ adaptiveHuffman: true });
      const first = core.encodeJpeg(frame, recipe);
      const size = first.jpeg.length;
      const second = core.encodeJpeg(frame, recipe, structuredClone(first.history));
      expect(second.jpeg.length).toBeLessThan(size);
      expect(second.history.huffman).toBeInstanceOf(Uint32Array);
      expect(core.encodeJpeg(frame, DEFAULT_RECIPE).history.huffman).toBeUndefined();
    });

    test("writes comment and density into the file", () => {
      const frame = noiseFrame({ width: 8, height: 8 });
      const { jpeg } = core.encodeJpeg(frame, DEFAULT_RECIPE, {}, { comment: "frame 7 µ", density: 300 });
      const bytes = Buffer.from(jpeg);
      expect(bytes.includes(Buffer.from("frame 7 µ"))).toBe(true);
      expect(bytes.readUInt16BE(14)).toBe(300);
    });

    test("shows every layout of the same pixels alike when the viewer says which it is", () => {
      const rgb = noiseFrame({ width: 6, height: 4, colourMode: "rgb1" });
      const expected = Buffer.from(core.toRgba(rgb, DEFAULT_RECIPE).rgba);
      const grey: Frame = { ...rgb, colourMode: "mono", width: 18 };
      expect(Buffer.from(core.toRgba(grey, recipeOf({ colour: "rgb1" })).rgba).compare(expected)).toBe(0);
      const stack: Frame = { ...rgb, colourMode: "mono", width: 3, height: 6, planes: 4 };
      expect(Buffer.from(core.toRgba(stack, recipeOf({ colour: "rgb1" })).rgba).compare(expected)).toBe(0);
      const lying: Frame = { ...rgb, colourMode: "rgb3" };
      expect(Buffer.from(core.toRgba(lying, recipeOf({ colour: "rgb1" })).rgba).compare(expected)).toBe(0);
      const back = core.toSamples(rgb, recipeOf({ colour: "mono" }));
      expect([...back.samples]).toEqual([...rgb.pixels]);
      expect(back.region).toMatchObject({ pictureWidth: 18, pictureHeight: 4 });
    });

    test("keeps the colours of YUV groups whole where a region cuts them", () => {
      for (const [colourMode, group] of [
        ["yuv422", 2],
        ["yuv411", 4],
      ] as const) {
        const frame = noiseFrame({ width: 16, height: 3, colourMode });
        const whole = core.toRgba(frame, DEFAULT_RECIPE).rgba.slice();
        const { rgba, region } = core.toRgba(frame, recipeOf({ roi: { x: 5, y: 1, width: 4, height: 1 } }));
        const left = 5 - (5 % group);
        expect(region).toMatchObject({
          x: left,
          y: 1,
          width: Math.ceil(9 / group) * group - left,
          height: 1,
        });
        const from = 4 * (16 + left);
        expect([...rgba]).toEqual([...whole.slice(from, from + 4 * region.width)]);
      }
    });

    test("keeps no frame from call to call: packed, plain, large and small in any order draw the same", () => {
      const frames = [...kindsOfFrames(8, 3)].slice(0, 24);
      const fresh = frames.map((frame) => Buffer.from(core.toRgba(frame, DEFAULT_RECIPE).rgba));
      core.encodeJpeg(noiseFrame({ width: 500, height: 400, colourMode: "rgb2" }), recipeOf({ scale: 0.3 }));
      frames.toReversed().forEach((frame, index) => {
        const again = Buffer.from(core.toRgba(frame, DEFAULT_RECIPE).rgba);
        expect(again.compare(fresh[frames.length - 1 - index]!)).toBe(0);
      });
    });

    for (const colourMode of COLOUR_MODES) {
      test(`shrinks ${colourMode} strip by strip as it would in one piece`, () => {
        // 300 rows of 500 pixels are more than one strip; a range that is nobody's own makes the other way.
        const frame = noiseFrame({ width: 500, height: 300, colourMode });
        for (const wish of [
          { scale: 0.5 },
          { width: 100, height: 75, rotate: "270" },
          { width: 333, height: 300 },
          { roi: { x: 3, y: 50, width: 400, height: 210 }, width: 40 },
          { height: 100, width: 900 },
        ] as Partial<Recipe>[]) {
          const strips = Buffer.from(core.toSamples(frame, recipeOf(wish)).samples);
          const piece = core.toSamples(frame, recipeOf(wish), {}, { statistics: true });
          expect(strips.compare(piece.samples)).toBe(0);
        }
      });
    }
  });
}

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  CODECS,
  Core,
  CoreError,
  DEFAULT_RECIPE,
  FRAME_MODES,
  FrameError,
  RecipeError,
  SAMPLE_TYPES,
  UnpackError,
  checkFrame,
  frameBytes,
} from "../../wasm/core/index.ts";
import type { BayerPattern, Codec, Frame, FrameMode, Recipe, SampleType } from "../../wasm/core/index.ts";
import { noiseFrame } from "./frames.ts";

const core = await Core.load({ memoryLimit: 2 ** 24 });

function faultOf(task: () => unknown): unknown {
  try {
    task();
  } catch (fault) {
    return fault;
  }
  throw new Error("nothing was thrown");
}

function faultOfFrame(words: Partial<Frame>): unknown {
  const frame = { ...noiseFrame({ width: 4, height: 4 }), ...words };
  return faultOf(() => core.encodeJpeg(frame, DEFAULT_RECIPE));
}

function faultOfRecipe(words: Partial<Recipe>, frame = noiseFrame({ width: 4, height: 4 })): unknown {
  return faultOf(() => core.encodeJpeg(frame, { ...DEFAULT_RECIPE, ...words }));
}

describe("a frame that cannot be", () => {
  test("is refused by name and with its numbers", () => {
    const cases: [Partial<Frame>, object][] = [
      [{ width: 0 }, { code: "bad-size" }],
      [{ height: -4 }, { code: "bad-size" }],
      [{ planes: 0 }, { code: "bad-size" }],
      [{ planes: 1.5 }, { code: "bad-size" }],
      [{ width: 2 ** 31 }, { code: "size-mismatch", have: 16, need: 2 ** 33 }],
      [{ width: 2 ** 31, height: 2 ** 31 }, { code: "too-large" }],
      [{ width: 5 }, { code: "size-mismatch", have: 16, need: 20 }],
      [{ planes: 2 }, { code: "size-mismatch", have: 16, need: 32 }],
      [{ colourMode: "rgb2" }, { code: "size-mismatch", have: 16, need: 48 }],
      [{ sampleType: "float64" }, { code: "size-mismatch", have: 16, need: 128 }],
      [{ sampleType: "bit" as SampleType }, { code: "bad-sample-type" }],
      [{ colourMode: "cmyk" as FrameMode }, { code: "bad-colour-mode" }],
      [{ codec: "gzip" as Codec }, { code: "bad-codec" }],
      [{ bayer: "rgbg" as BayerPattern }, { code: "bad-bayer-pattern" }],
      [
        { colourMode: "yuv411", width: 6 },
        { code: "contradiction", have: 6, need: 4 },
      ],
      [
        { colourMode: "yuv422", width: 3 },
        { code: "contradiction", have: 3, need: 2 },
      ],
      [
        { colourMode: "yuv444", sampleType: "uint16" },
        { code: "contradiction", have: 2, need: 1 },
      ],
      [
        { codec: "lz4", pixels: new Uint8Array(0) },
        { code: "size-mismatch", have: 0, need: 1 },
      ],
    ];
    for (const [words, expected] of cases) {
      const fault = faultOfFrame(words);
      expect(fault).toBeInstanceOf(FrameError);
      expect(fault).toMatchObject(expected);
    }
  });

  test("is never allocated for: a small payload that declares more than the limit is refused first", () => {
    for (const codec of CODECS.filter((one) => one !== "none" && one !== "jpeg")) {
      const fault = faultOfFrame({
        codec,
        width: 2 ** 16,
        height: 2 ** 15,
        pixels: new Uint8Array(64).fill(1),
      });
      expect(fault instanceof CoreError || fault instanceof UnpackError).toBe(true);
      if (fault instanceof CoreError) {
        expect(fault).toMatchObject({ code: "out-of-memory", have: 2 ** 24 });
        expect(fault.need).toBeGreaterThan(2 ** 31);
      }
    }
  });

  test("is a typed fault whatever its words are, and leaves the core as it was", () => {
    const good = noiseFrame({ width: 5, height: 3, sampleType: "uint16" });
    const expected = Buffer.from(core.encodeJpeg(good, DEFAULT_RECIPE).jpeg);
    const size = fc.constantFrom(-1, 0, 1, 2, 3, 4, 7, 16, 65535, 2 ** 31, 2 ** 32, NaN, Infinity, 1.5);
    const words = fc.record({
      width: size,
      height: size,
      planes: fc.option(size, { nil: 1 }),
      sampleType: fc.constantFrom(...SAMPLE_TYPES),
      colourMode: fc.constantFrom(...FRAME_MODES),
      codec: fc.constantFrom(...CODECS),
      bigEndian: fc.boolean(),
      pixels: fc.uint8Array({ maxLength: 64 }),
    });
    fc.assert(
      fc.property(words, fc.boolean(), (frame, turned) => {
        const recipe: Recipe = { ...DEFAULT_RECIPE, ...(turned ? { rotate: "90", map: "jet" } : {}) };
        try {
          core.toRgba(frame, recipe);
        } catch (fault) {
          const typed = [FrameError, RecipeError, UnpackError, CoreError];
          expect(typed.some((type) => fault instanceof type)).toBe(true);
          expect((fault as CoreError).code).not.toBe("refused");
        }
        expect(Buffer.from(core.encodeJpeg(good, DEFAULT_RECIPE).jpeg).compare(expected)).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  test("is measured without being looked at", () => {
    expect(frameBytes({ width: 6, height: 2, sampleType: "uint8", colourMode: "yuv422" })).toBe(24);
    expect(frameBytes({ width: 8, height: 2, sampleType: "uint8", colourMode: "yuv411" })).toBe(24);
    expect(frameBytes({ width: 6, height: 2, sampleType: "uint16", colourMode: "bayer", planes: 3 })).toBe(
      72,
    );
    expect(faultOf(() => checkFrame(noiseFrame({ width: 4, height: 4 }), 15))).toMatchObject({
      code: "too-large",
      have: 16,
      need: 15,
    });
  });
});

describe("a recipe that cannot be carried out", () => {
  test("is refused with the option, the value and what the frame has", () => {
    const cases: [Partial<Recipe>, object][] = [
      [{ plane: 1 }, { option: "plane", value: "1", allowed: "from 0 to 0 for this frame, which has 1" }],
      [{ roi: { x: 4, y: 0, width: 1, height: 1 } }, { option: "roi", value: "4,0,1,1" }],
      [{ roi: { x: 0, y: 9, width: 1, height: 1 } }, { option: "roi" }],
      [{ colour: "rgb1" }, { option: "colour", value: "rgb1" }],
      [{ colour: "yuv411" }, { option: "colour", value: "yuv411" }],
      [
        { scale: 2, width: 3 },
        { option: "scale", value: "2" },
      ],
      [
        { bayer: "off", colour: "bayer" },
        { option: "bayer", value: "off" },
      ],
      [
        { bayer: "rggb", colour: "mono" },
        { option: "bayer", value: "rggb" },
      ],
      [
        { width: 65500, height: 65500 },
        { option: "width", value: "65500" },
      ],
    ];
    for (const [words, expected] of cases) {
      const fault = faultOfRecipe(words);
      expect(fault).toBeInstanceOf(RecipeError);
      expect(fault).toMatchObject({ code: "contradiction", ...expected });
    }
    expect((faultOfRecipe({ colour: "rgb1" }) as RecipeError).allowed).toContain("mono frame of 4 × 4");
  });

  test("is no reason not to draw where only a part of it has no use", () => {
    const rgb = noiseFrame({ width: 4, height: 4, colourMode: "rgb3" });
    const found = core.toSamples(rgb, { ...DEFAULT_RECIPE, bayer: "grbg", map: "turbo" });
    expect(found.issues).toEqual(["bayer-ignored", "map-ignored"]);
  });

  test("is drawn as large as the limits allow, with its aspect, when a factor would pass them", () => {
    const wide = noiseFrame({ width: 3000, height: 10 });
    const found = core.toSamples(wide, { ...DEFAULT_RECIPE, scale: 64 });
    expect(found.issues).toEqual(["size-limited"]);
    expect(found.region).toMatchObject({ pictureWidth: 65500, pictureHeight: 218 });
  });
});

import { describe, expect, test } from "bun:test";
import { Core, DEFAULT_RECIPE, SAMPLE_TYPES, bytesPerSample } from "../../wasm/core/index.ts";
import type { ColourMode, Frame, Recipe, SampleType, Subsampling } from "../../wasm/core/index.ts";
import type { Engine } from "../../wasm/core/engine.ts";
import { JobMemory } from "../../wasm/core/job-memory.ts";
import { writeJpeg } from "../../wasm/core/jpeg.ts";
import {
  canStripe,
  encodeStripe,
  measureStripe,
  mergeMeasurements,
  planStripes,
} from "../../wasm/core/jpeg-stripes.ts";
import { instantiate } from "../../wasm/core/module.ts";
import type { CoreBuild } from "../../wasm/core/module.ts";
import { safeRange } from "../../wasm/core/range.ts";
import { decodeJpeg } from "../encode/decode.ts";
import { BUILDS } from "./both-builds.ts";
import { picture, layOut } from "./jpeg-pictures.ts";
import { toBytes } from "./reference.ts";
import { randomSamples } from "./sample-sets.ts";

async function engineOf(build: CoreBuild): Promise<Engine> {
  const exports = await instantiate(build);
  return { exports, memory: new JobMemory(exports.memory, exports.freeStart() >>> 0, 2 ** 30) };
}

function frameOf(width: number, height: number, colourMode: ColourMode): Frame {
  const samples = picture("noise", width, height, colourMode === "mono" ? 1 : 3);
  const pixels = layOut(samples, colourMode, width, height);
  return { width, height, sampleType: "uint8", colourMode, bigEndian: false, pixels };
}

/** A frame of random samples of a type. */
function typedFrame(sampleType: SampleType, colourMode: ColourMode, width: number, height: number): Frame {
  const count = width * height * (colourMode === "mono" ? 1 : 3);
  const pixels = toBytes(sampleType, randomSamples(sampleType, count, 5));
  expect(pixels.length).toBe(count * bytesPerSample(sampleType));
  return { width, height, sampleType, colourMode, bigEndian: false, pixels };
}

/** The file joined from pieces of `count` stripes. */
function striped(
  engine: Engine,
  frame: Frame,
  recipe: Recipe,
  count: number,
  range = { low: 0, high: 255 },
): Buffer {
  const stripes = planStripes(frame, recipe, count);
  return Buffer.concat(
    stripes.map((stripe) =>
      Buffer.from(encodeStripe(engine, frame, recipe, stripe, range, { comment: "7" })),
    ),
  );
}

function whole(engine: Engine, frame: Frame, recipe: Recipe): Uint8Array {
  engine.memory.startJob();
  const source = engine.memory.take(frame.pixels.length);
  engine.memory.view(source, frame.pixels.length).set(frame.pixels);
  const shape = { ...frame, colourMode: frame.colourMode as ColourMode };
  return writeJpeg(engine.exports, engine.memory, source, shape, recipe).jpeg.slice();
}

/** RST markers in order, and where they stand: a 0xFF that is no data is never followed by 0. */
function restarts(jpeg: Uint8Array): number[] {
  return [...jpeg.keys()]
    .filter((at) => jpeg[at] === 0xff && (jpeg[at + 1]! & 0xf8) === 0xd0)
    .map((at) => jpeg[at + 1]! & 7);
}

const KINDS: readonly (readonly [ColourMode, Subsampling])[] = [
  ["mono", "420"],
  ...(["420", "422", "444"] as const).flatMap((subsampling) =>
    (["rgb1", "rgb2", "rgb3"] as const).map((mode) => [mode, subsampling] as const),
  ),
];

const SIZES = [
  [1, 1],
  [17, 33],
  [40, 130],
  [258, 41],
  [9, 8],
] as const;

for (const build of BUILDS) {
  describe(`stripes, ${build} build`, () => {
    for (const [mode, subsampling] of KINDS) {
      test(`of ${mode} at ${subsampling} join to the same file however many there are, with the pixels of the whole`, async () => {
        const engine = await engineOf(build);
        const recipe = { ...DEFAULT_RECIPE, quality: 80, subsampling };
        for (const [width, height] of SIZES) {
          const frame = frameOf(width, height, mode);
          const one = striped(engine, frame, recipe, 1);
          for (const count of [2, 3, 7]) expect(striped(engine, frame, recipe, count)).toEqual(one);
          const mcuRows = Math.ceil(height / (mode !== "mono" && subsampling === "420" ? 16 : 8));
          expect(restarts(one)).toEqual(Array.from({ length: mcuRows - 1 }, (_, row) => row % 8));
          expect(await decodeJpeg(one)).toEqual(await decodeJpeg(whole(engine, frame, recipe)));
        }
      });
    }

    test("of any sample type are measured and scaled as the whole is", async () => {
      const engine = await engineOf(build);
      for (const sampleType of SAMPLE_TYPES) {
        for (const mode of ["mono", "rgb1", "rgb3"] as const) {
          const frame = typedFrame(sampleType, mode, 33, 50);
          const measured = planStripes(frame, DEFAULT_RECIPE, 3).map((stripe) =>
            measureStripe(engine, frame, DEFAULT_RECIPE, stripe),
          );
          const [all] = planStripes(frame, DEFAULT_RECIPE, 1);
          expect(mergeMeasurements(measured)).toEqual(measureStripe(engine, frame, DEFAULT_RECIPE, all!));
          const range = safeRange({ kind: "auto" }, sampleType, mergeMeasurements(measured));
          const one = striped(engine, frame, DEFAULT_RECIPE, 1, range);
          expect(striped(engine, frame, DEFAULT_RECIPE, 3, range)).toEqual(one);
        }
      }
    });
  });
}

test("pieces of several cores, each with its own memory, join to the file that one core writes", async () => {
  const cores = [await Core.load(), await Core.load({ build: "scalar" })];
  const frame = typedFrame("uint16", "mono", 70, 130);
  const recipe = { ...DEFAULT_RECIPE, quality: 60 };
  const stripes = planStripes(frame, recipe, 4);
  const coreOf = (index: number): Core => cores[index % 2]!;
  const measured = stripes.map((stripe, i) => coreOf(i).measureStripe(frame, recipe, stripe));
  const range = safeRange(recipe.range, frame.sampleType, mergeMeasurements(measured));
  const pieces = stripes.map((stripe, i) =>
    Buffer.from(coreOf(i).encodeStripe(frame, recipe, stripe, range).slice()),
  );
  const [all] = planStripes(frame, recipe, 1);
  const one = cores[0]!.encodeStripe(frame, recipe, all!, range);
  expect(Buffer.compare(Buffer.concat(pieces), one)).toBe(0);
  const { jpeg } = cores[1]!.encodeJpeg(frame, recipe);
  expect(await decodeJpeg(one)).toEqual(await decodeJpeg(jpeg));
});

describe("planStripes", () => {
  test("covers every row once, in whole rows of MCUs, none of them empty", () => {
    for (const height of [1, 7, 16, 17, 100, 4097]) {
      for (const count of [1, 2, 3, 7, 100]) {
        const frame = { width: 5, height, colourMode: "rgb1" } as const;
        const stripes = planStripes(frame, DEFAULT_RECIPE, count);
        expect(stripes.length).toBe(Math.min(count, Math.ceil(height / 16)));
        let row = 0;
        let pixel = 0;
        for (const { firstRow, endRow, top, rows } of stripes) {
          expect([firstRow, top]).toEqual([row, pixel]);
          expect(rows).toBeGreaterThan(0);
          row = endRow;
          pixel += rows;
        }
        expect([row, pixel]).toEqual([Math.ceil(height / 16), height]);
      }
    }
  });
});

describe("canStripe", () => {
  const frame = { width: 5, height: 5, colourMode: "rgb3" } as const;

  test("takes plain frames with a range, a quality and a subsampling", () => {
    const recipe: Recipe = { ...DEFAULT_RECIPE, range: { kind: "auto" }, subsampling: "422" };
    expect(canStripe(frame, recipe)).toBe(true);
  });

  test("refuses packed frames, mosaics and stacks, and whatever looks beyond a row", () => {
    for (const other of [{ codec: "lz4" }, { colourMode: "bayer" }, { planes: 2 }] as const) {
      expect(canStripe({ ...frame, ...other }, DEFAULT_RECIPE)).toBe(false);
    }
    const wishes = [{ flip: "y" }, { rotate: "90" }, { width: 3 }, { scale: 0.5 }, { map: "jet" }] as const;
    for (const wish of [...wishes, { saturated: true }]) {
      expect(canStripe(frame, { ...DEFAULT_RECIPE, ...wish })).toBe(false);
    }
  });
});

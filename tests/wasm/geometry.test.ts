import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { COLOUR_MODES, Core, DEFAULT_RECIPE, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import type { ColourMode, Frame, Recipe } from "../../wasm/core/index.ts";
import { BUILDS } from "./both-builds.ts";
import { arranged, noiseFrame, pixelsOf } from "./frames.ts";
import type { Plane } from "./planes.ts";

const cores = { simd: await Core.load({ build: "simd" }), scalar: await Core.load({ build: "scalar" }) };

/** What the core draws, as pixels with their colours together, read through its own word for the layout. */
function drawn(core: Core, frame: Frame, recipe: Partial<Recipe>): Plane {
  const { samples, colourMode, region } = core.toSamples(frame, { ...DEFAULT_RECIPE, ...recipe });
  const { pictureWidth: width, pictureHeight: height } = region;
  return pixelsOf({ ...frame, width, height, colourMode }, samples);
}

/** Levels of the region by the core without any geometry: what the geometry then does is all that is compared. */
function levelsOf(core: Core, frame: Frame, recipe: Recipe): Plane {
  const cut = { ...DEFAULT_RECIPE, range: recipe.range, ...(recipe.plane ? { plane: recipe.plane } : {}) };
  return pixelsOf(frame, core.toSamples(frame, cut).samples);
}

const SIZES = [
  [1, 1],
  [1, 9],
  [9, 1],
  [2, 3],
  [7, 9],
  [16, 16],
  [17, 33],
  [258, 5],
] as const;

const WISHES: readonly Partial<Recipe>[] = [
  {},
  { flip: "x" },
  { flip: "y" },
  { flip: "xy", rotate: "180" },
  { rotate: "90" },
  { rotate: "270", flip: "y" },
  { roi: { x: 0, y: 0, width: 3, height: 2 } },
  { scale: 0.5 },
  { width: 5 },
  { height: 7, rotate: "90" },
  { width: 40, height: 3 },
  { roi: { x: 1, y: 1, width: 200, height: 200 }, flip: "x", rotate: "90", width: 12, height: 6 },
  { scale: 1.7, rotate: "270" },
];

const modes = fc.constantFrom<ColourMode>(...COLOUR_MODES);
const side = fc.integer({ min: 1, max: 40 });
const frames = fc
  .tuple(side, side, modes)
  .map(([width, height, colourMode]) => noiseFrame({ width, height, colourMode }));

for (const build of BUILDS) {
  const core = cores[build];
  describe(`geometry, ${build} build`, () => {
    for (const colourMode of COLOUR_MODES) {
      test(`arranges ${colourMode} as its definition does, at awkward sizes`, () => {
        for (const [width, height] of SIZES) {
          const frame = noiseFrame({ width, height, colourMode });
          for (const wish of WISHES) {
            if (wish.roi !== undefined && (wish.roi.x >= width || wish.roi.y >= height)) continue;
            const recipe = { ...DEFAULT_RECIPE, ...wish };
            expect(drawn(core, frame, wish)).toEqual(arranged(pixelsOf(frame, frame.pixels), recipe));
          }
        }
      });

      for (const sampleType of SAMPLE_TYPES) {
        test(`arranges the levels of ${sampleType} ${colourMode}, both byte orders`, () => {
          for (const [width, height] of [
            [1, 1],
            [17, 33],
          ] as const) {
            const range = { kind: "fixed", low: 3, high: 119 } as const;
            const frame = noiseFrame({ width, height, sampleType, colourMode });
            const big = noiseFrame({ width, height, sampleType, colourMode, bigEndian: true });
            for (const wish of WISHES) {
              if (wish.roi !== undefined && wish.roi.x >= width) continue;
              const recipe = { ...DEFAULT_RECIPE, ...wish, range };
              const expected = arranged(levelsOf(core, frame, recipe), recipe);
              expect(drawn(core, frame, recipe)).toEqual(expected);
              expect(drawn(core, big, recipe)).toEqual(expected);
            }
          }
        });
      }
    }

    test("measures only what is shown", () => {
      const samples = new Uint16Array(100).map((_, index) => (index === 99 ? 60000 : 100 + index));
      const frame = { ...noiseFrame({ width: 10, height: 10 }), sampleType: "uint16" } as const;
      const roi = { x: 2, y: 3, width: 4, height: 2 };
      const { range } = core.toSamples(
        { ...frame, pixels: new Uint8Array(samples.buffer) },
        { ...DEFAULT_RECIPE, roi },
      );
      expect(range).toMatchObject({ low: 132, high: 145 });
    });

    test("comes back after four quarter turns, two flips, and a half turn that two flips undo", () => {
      fc.assert(
        fc.property(frames, (frame) => {
          const start = drawn(core, frame, {});
          const again = (plane: Plane, wish: Partial<Recipe>): Plane => {
            const { width, height, samples } = plane;
            const pixels = Uint8Array.from(samples);
            const colourMode = plane.channels === 1 ? "mono" : "rgb1";
            return drawn(core, { ...frame, width, height, colourMode, pixels }, wish);
          };
          const quarter: Partial<Recipe> = { rotate: "90" };
          expect([1, 2, 3, 4].reduce((plane) => again(plane, quarter), start)).toEqual(start);
          expect(again(again(start, { rotate: "90" }), { rotate: "270" })).toEqual(start);
          for (const flip of ["x", "y", "xy"] as const) {
            expect(again(again(start, { flip }), { flip })).toEqual(start);
          }
          expect(drawn(core, frame, { flip: "xy", rotate: "180" })).toEqual(start);
        }),
        { numRuns: 40 },
      );
    });

    test("finds the region of a region where the sum of their corners is", () => {
      fc.assert(
        fc.property(frames, fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), (frame, [a, b, c, d]) => {
          const outer = { x: a % frame.width, y: b % frame.height, width: 25, height: 25 };
          const first = drawn(core, frame, { roi: outer });
          const inner = { x: c % first.width, y: d % first.height, width: 7, height: 7 };
          const pixels = Uint8Array.from(first.samples);
          const colourMode = first.channels === 1 ? "mono" : "rgb1";
          const cut = { ...frame, width: first.width, height: first.height, colourMode, pixels } as const;
          const sum = { x: outer.x + inner.x, y: outer.y + inner.y };
          const width = Math.min(7, first.width - inner.x);
          const height = Math.min(7, first.height - inner.y);
          expect(drawn(core, cut, { roi: inner })).toEqual(
            drawn(core, frame, { roi: { ...sum, width, height } }),
          );
        }),
        { numRuns: 60 },
      );
    });

    test("tells the region that it took and the size it made", () => {
      const frame = noiseFrame({ width: 30, height: 20, planes: 3 });
      const roi = { x: 10, y: 5, width: 50, height: 10 };
      const recipe = { ...DEFAULT_RECIPE, roi, plane: 2, rotate: "90", width: 5 } as const;
      expect(core.encodeJpeg(frame, recipe)).toMatchObject({
        region: { x: 10, y: 5, width: 20, height: 10, plane: 2, pictureWidth: 5, pictureHeight: 10 },
        issues: ["roi-clamped"],
      });
      expect(core.toRgba(frame, DEFAULT_RECIPE)).toMatchObject({
        region: { x: 0, y: 0, width: 30, height: 20, plane: 0, pictureWidth: 30, pictureHeight: 20 },
        issues: [],
      });
    });

    test("shows each plane of a stack, of every mode", () => {
      for (const colourMode of COLOUR_MODES) {
        const frame = noiseFrame({ width: 7, height: 5, planes: 4, colourMode });
        for (const plane of [0, 1, 3]) {
          const shown = drawn(core, frame, { plane, rotate: "90" });
          const expected = arranged(pixelsOf(frame, frame.pixels, plane), {
            ...DEFAULT_RECIPE,
            rotate: "90",
          });
          expect(shown).toEqual(expected);
        }
      }
    });

    test("undoes reversed dimensions only where that is asked, before flip and rotation", () => {
      const frame = noiseFrame({ width: 6, height: 4, reverseX: true });
      const plain = pixelsOf(frame, frame.pixels);
      const asked = (wish: Partial<Recipe>) => arranged(plain, { ...DEFAULT_RECIPE, ...wish });
      expect(drawn(core, frame, {})).toEqual(plain);
      expect(drawn(core, frame, { undoReverse: true })).toEqual(asked({ flip: "x" }));
      expect(drawn(core, frame, { undoReverse: true, flip: "x" })).toEqual(plain);
      expect(drawn(core, frame, { undoReverse: true, rotate: "90" })).toEqual(
        asked({ flip: "x", rotate: "90" }),
      );
      const both = { ...frame, reverseY: true };
      expect(drawn(core, both, { undoReverse: true })).toEqual(asked({ flip: "xy" }));
    });
  });
}

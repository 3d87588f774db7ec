import { beforeAll, describe, expect, test } from "bun:test";
import { placementOf, regionBetween } from "../../server/viewer/array-region.ts";
import { Core, parseRecipe } from "../../wasm/core/index.ts";

const [WIDTH, HEIGHT] = [40, 24];
/** Bright in the array, in pixels. */
const MARK = { x: 9, y: 5, width: 12, height: 3 };
const REVERSED = { reverseX: true, reverseY: false };

let core: Core;
beforeAll(async () => {
  core = await Core.load();
});

/** Two opposite corners of what is bright in the picture that the server's core makes, and the region it says it shows. */
function markIn(options: ReadonlyMap<string, string>) {
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (let y = MARK.y; y < MARK.y + MARK.height; y++)
    pixels.fill(255, y * WIDTH + MARK.x, y * WIDTH + MARK.x + MARK.width);
  const shape = { width: WIDTH, height: HEIGHT, sampleType: "uint8", colourMode: "mono" } as const;
  const frame = { ...shape, ...REVERSED, bigEndian: false, pixels };
  const { samples, region } = core.toSamples(frame, parseRecipe(options));
  const { pictureWidth, pictureHeight } = region;
  const bright = [...samples.keys()].filter((at) => samples[at]! > 127);
  const columns = bright.map((at) => at % pictureWidth);
  const rows = bright.map((at) => Math.floor(at / pictureWidth));
  return {
    region,
    from: { x: Math.min(...columns) / pictureWidth, y: (Math.max(...rows) + 1) / pictureHeight },
    to: { x: (Math.max(...columns) + 1) / pictureWidth, y: Math.min(...rows) / pictureHeight },
  };
}

describe("a rectangle drawn around a mark in the picture", () => {
  for (const flip of ["", "x", "y", "xy"])
    for (const rotate of ["", "90", "180", "270"])
      for (const reverse of ["", "undo"])
        for (const more of [[], [["roi", "4,2,30,20"]], [["scale", "2"]]] as const) {
          const words = [["flip", flip], ["rotate", rotate], ["reverse", reverse], ...more] as const;
          const options = new Map(words.filter(([, value]) => value !== ""));
          const query = [...options].map((pair) => pair.join("=")).join("&");
          test(`is the mark's place in the array, with ?${query}`, () => {
            const { region, from, to } = markIn(options);
            expect(regionBetween(from, to, placementOf(region, REVERSED, options))).toBe("9,5,12,3");
          });
        }
});

test("a rectangle takes every pixel that it touches, one at least, and none outside", () => {
  const region = { x: 10, y: 20, width: 100, height: 50, plane: 0 };
  const upright = placementOf(region, {}, new Map());
  const drawn = (fromX: number, fromY: number, toX: number, toY: number): string =>
    regionBetween({ x: fromX, y: fromY }, { x: toX, y: toY }, upright);
  expect(drawn(0.005, 0.01, 0.015, 0.03)).toBe("10,20,2,2");
  expect(drawn(0.5, 0.5, 0.5, 0.5)).toBe("60,45,1,1");
  expect(drawn(1, 1, 1, 1)).toBe("109,69,1,1");
  expect(drawn(-3, 0, 9, 1)).toBe("10,20,100,50");
});

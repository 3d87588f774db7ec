import { describe, expect, test } from "bun:test";
import { Core, DEFAULT_RECIPE, passThrough } from "../../wasm/core/index.ts";
import type { Frame } from "../../wasm/core/index.ts";

const [WIDTH, HEIGHT] = [40, 30];
const SHAPE = { width: WIDTH, height: HEIGHT, sampleType: "uint8", bigEndian: false } as const;
const core = await Core.load();
const FILE = core
  .encodeJpeg(
    { ...SHAPE, colourMode: "mono", pixels: new Uint8Array(WIDTH * HEIGHT).fill(90) },
    DEFAULT_RECIPE,
  )
  .jpeg.slice();

function camera(words: Partial<Frame> = {}): Frame {
  return { ...SHAPE, colourMode: "mono", codec: "jpeg", pixels: FILE, ...words };
}

function passed(frame: Frame): boolean {
  return passThrough(frame, DEFAULT_RECIPE, {})?.jpeg === frame.pixels;
}

/** A file that says it has so many components, whatever follows. */
function fileOf(components: number): Uint8Array {
  const parts = Array.from({ length: components }, (_, index) => [index + 1, 0x11, 0]).flat();
  const header = [0, 8 + 3 * components, 8, 0, HEIGHT, 0, WIDTH, components, ...parts];
  return new Uint8Array([0xff, 0xd8, 0xff, 0xc0, ...header, 0xff, 0xd9]);
}

describe("a camera's own JPEG of whose pixels nothing is asked", () => {
  test("is the picture", () => {
    expect(passed(camera())).toBe(true);
  });

  test("is passed on only with the one or three components that browsers show", () => {
    const counts = [1, 2, 3, 4, 5].filter((count) =>
      passed(camera({ pixels: fileOf(count), colourMode: "rgb1" })),
    );
    expect(counts).toEqual([1, 3]);
  });

  test("is drawn like any frame where its bytes are not the levels they look like: int8, or a plane of a stack", () => {
    expect(passed(camera({ sampleType: "int8" }))).toBe(false);
    expect(passed(camera({ sampleType: "uint16" }))).toBe(false);
    expect(passed(camera({ planes: 2 }))).toBe(false);
  });
});

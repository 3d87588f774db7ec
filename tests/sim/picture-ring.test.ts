import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { bytesPerSample, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { layoutOf } from "../../server/sim/layout.ts";
import { PictureRing } from "../../server/sim/picture-ring.ts";
import { spanOf } from "../../server/sim/samples.ts";
import { type CameraSpec, type Colour, COLOURS, PATTERNS } from "../../server/sim/vocabulary.ts";
import { readBlocks, readDigits, sampleAt } from "./read-caption.ts";

function camera(wish: Partial<CameraSpec>): CameraSpec {
  return {
    pattern: "gradient",
    width: 400,
    height: 160,
    sampleType: "uint8",
    colour: "mono",
    codec: "none",
    framesPerSecond: 10,
    ...wish,
  };
}

const PLAIN = ["mono", "rgb1", "rgb2", "rgb3"] as const;
const BAYER = COLOURS.filter((colour) => colour.startsWith("bayer"));
const YUV = COLOURS.filter((colour) => colour.startsWith("yuv"));

/** YUV has bytes only; all others any type. */
function goesWith(colour: Colour, sampleType: string): boolean {
  return sampleType === "uint8" || !colour.startsWith("yuv");
}

function bytesOf({ colour, width, height, sampleType }: CameraSpec): number {
  return layoutOf(colour, width, height).samples * bytesPerSample(sampleType);
}

function drawnRing(spec: CameraSpec): PictureRing {
  const ring = new PictureRing(spec);
  ring.draw(() => true);
  return ring;
}

function frameOf(ring: PictureRing, counter: number): Uint8Array {
  return new Uint8Array(Buffer.concat(ring.frame(counter)));
}

/** Draws only as many pictures as a test needs. */
function twoPictures(spec: CameraSpec): PictureRing {
  const ring = new PictureRing(spec);
  ring.draw(() => ring.ready < 2);
  return ring;
}

describe("PictureRing", () => {
  for (const sampleType of SAMPLE_TYPES) {
    for (const colour of COLOURS.filter((word) => goesWith(word, sampleType))) {
      test(`gives ${sampleType} ${colour} frames of the right length, within the type's span, that move`, () => {
        for (const pattern of PATTERNS) {
          const spec = camera({ pattern, sampleType, colour, width: 96, height: 64 });
          const ring = twoPictures(spec);
          const [first, second] = [frameOf(ring, 0), frameOf(ring, 1)];
          expect(first.byteLength).toBe(bytesOf(spec));
          expect(second.byteLength).toBe(bytesOf(spec));
          const channels = colour.startsWith("rgb") ? 3 : 1;
          const { low, high } = spanOf(sampleType);
          let [least, most, moved] = [Infinity, -Infinity, 0];
          for (let y = 20; y < 64; y++) {
            for (let x = 0; x < 96; x++) {
              for (let c = 0; c < channels; c++) {
                const value = sampleAt(spec, first, x, y, c);
                least = Math.min(least, value);
                most = Math.max(most, value);
                if (value !== sampleAt(spec, second, x, y, c)) moved++;
              }
            }
          }
          expect(least).toBeGreaterThanOrEqual(low);
          expect(most).toBeLessThanOrEqual(high);
          // Colours that wander against each other are less apart in Y.
          const share = colour.startsWith("yuv") ? 0.4 : 0.5;
          expect(most - least).toBeGreaterThan((high - low) * share);
          expect(moved).toBeGreaterThan(40);
        }
      });

      test(`writes the counter of ${sampleType} ${colour} frames for programs and for people, in every channel`, () => {
        const spec = camera({ sampleType, colour });
        const ring = twoPictures(spec);
        const { low, high } = spanOf(sampleType);
        for (const counter of [0, 1, 0x155555, 12_345_678, 2 ** 24 - 1]) {
          const bytes = frameOf(ring, counter);
          for (let channel = 0; channel < (colour.startsWith("rgb") ? 3 : 1); channel++) {
            expect(readBlocks(spec, bytes, (low + high) / 2, channel)).toBe(counter);
            expect(readDigits(spec, bytes, (low + high) / 2, 16 + 1, 1, channel)).toBe(counter);
          }
        }
      });
    }
  }

  test("starts the counter again after 24 bits", () => {
    const spec = camera({});
    expect(readBlocks(spec, frameOf(twoPictures(spec), 2 ** 24 + 5), 127)).toBe(5);
  });

  test("draws larger digits in larger images and none of the blocks in small ones", () => {
    const large = camera({ width: 1024, height: 1024 });
    expect(readDigits(large, frameOf(twoPictures(large), 90_817), 127, 16 + 4, 4)).toBe(90_817);
    const small = camera({ width: 64, height: 48 });
    expect(readDigits(small, frameOf(twoPictures(small), 4711), 127, 1, 1)).toBe(4711);
  });

  test("serves any size down to one pixel", () => {
    const specs = fc.record({
      pattern: fc.constantFrom(...PATTERNS),
      width: fc.integer({ min: 1, max: 70 }),
      height: fc.integer({ min: 1, max: 70 }),
      sampleType: fc.constantFrom(...SAMPLE_TYPES),
      colour: fc.constantFrom(...PLAIN, ...BAYER),
      codec: fc.constant("none" as const),
      framesPerSecond: fc.constant(10),
    });
    fc.assert(
      fc.property(specs, (spec) => expect(frameOf(twoPictures(spec), 3).byteLength).toBe(bytesOf(spec))),
      { numRuns: 60 },
    );
  });

  test("shows the same picture in every colour layout", () => {
    const specs = (["rgb1", "rgb2", "rgb3"] as const).map((colour) =>
      camera({ pattern: "bars", colour, width: 64, height: 40 }),
    );
    const frames = specs.map((spec) => frameOf(twoPictures(spec), 1));
    for (let y = 0; y < 40; y++) {
      for (let x = 0; x < 64; x++) {
        for (let c = 0; c < 3; c++) {
          const [rgb1, rgb2, rgb3] = specs.map((spec, i) => sampleAt(spec, frames[i]!, x, y, c));
          expect([rgb2, rgb3]).toEqual([rgb1, rgb1]);
        }
      }
    }
  });

  test.each(BAYER)("gives each pixel of a %s camera the one colour its filter lets through", (colour) => {
    // The band of this size is 25 rows high: the pattern goes on below it as if it were not there.
    const wish = { pattern: "bars", width: 390, height: 130, sampleType: "uint16" } as const;
    const [mosaic, whole] = [camera({ ...wish, colour }), camera({ ...wish, colour: "rgb1" })];
    const [seen, real] = [frameOf(twoPictures(mosaic), 1), frameOf(twoPictures(whole), 1)];
    const letters = colour.slice("bayer-".length);
    for (let y = 0; y < 130; y++) {
      for (let x = 0; x < 390; x++) {
        const channel = "rgb".indexOf(letters[2 * (y % 2) + (x % 2)]!);
        expect(sampleAt(mosaic, seen, x, y)).toBe(sampleAt(whole, real, x, y, channel));
      }
    }
  });

  test.each(YUV)("gives %s the colours of the picture", (colour) => {
    const wish = { pattern: "bars", width: 384, height: 128 } as const;
    const [seen, real] = [camera({ ...wish, colour }), camera({ ...wish, colour: "rgb1" })].map((spec) => ({
      spec,
      bytes: frameOf(twoPictures(spec), 1),
    }));
    const { width, height } = wish;
    const pixels = { yuv444: 1, yuv422: 2, yuv411: 4 }[colour as "yuv444"];
    const [groupBytes, vAt] = [pixels + 2, { yuv444: 2, yuv422: 2, yuv411: 3 }[colour as "yuv444"]];
    for (let group = 0; group < (width * height) / pixels; group++) {
      const at = group * groupBytes;
      const [u, v] = [seen!.bytes[at]! - 128, seen!.bytes[at + vAt]! - 128];
      const [x, y] = [(group * pixels) % width, Math.floor((group * pixels) / width)];
      const colours = Array.from({ length: pixels }, (_, i) =>
        [0, 1, 2].map((c) => sampleAt(real!.spec, real!.bytes, x + i, y, c)),
      );
      // A pixel group over the edge of two bars has the mean of their colours.
      const flat = colours.every((rgb) => rgb.every((level, c) => level === colours[0]![c]));
      if (!flat) continue;
      const luma = sampleAt(seen!.spec, seen!.bytes, x, y);
      const drawn = [luma + 1.402 * v, luma - 0.344136 * u - 0.714136 * v, luma + 1.772 * u];
      drawn.forEach((level, c) => expect(Math.abs(level - colours[0]![c]!)).toBeLessThanOrEqual(2));
    }
  });

  test("keeps frames already given out as they were", () => {
    const ring = twoPictures(camera({}));
    const parts = ring.frame(1);
    const before = parts.map((part) => part.slice());
    for (let counter = 2; counter < 20; counter++) ring.frame(counter);
    expect(parts).toEqual(before);
  });

  test("draws in slices and shows what is ready meanwhile", () => {
    const ring = new PictureRing(camera({}));
    let slices = 0;
    while (!ring.draw(() => false)) {
      slices++;
      if (ring.ready > 0) expect(frameOf(ring, slices).byteLength).toBe(400 * 160);
    }
    expect(ring.ready).toBe(16);
    expect(slices).toBeGreaterThan(100);
  });

  test("bounds its memory by keeping fewer pictures of large images", () => {
    const large = new PictureRing(camera({ width: 4096, height: 4096, sampleType: "uint16" }));
    expect(large.length).toBe(2);
    expect(large.totalBytes).toBeLessThan(2 * 4096 * 4096 * 2);
    expect(new PictureRing(camera({ width: 1024, height: 1024 })).length).toBe(16);
  });

  test("keeps hot pixels where they are while the rest of a diffraction picture changes", () => {
    const spec = camera({ pattern: "diffraction", sampleType: "uint16", width: 200, height: 160 });
    const ring = drawnRing(spec);
    const hotIn = (counter: number): string => {
      const bytes = frameOf(ring, counter);
      const hot: string[] = [];
      for (let y = 40; y < 160; y++)
        for (let x = 0; x < 200; x++) if (sampleAt(spec, bytes, x, y) === 4095) hot.push(`${x},${y}`);
      return hot.join(" ");
    };
    expect(hotIn(0)).toMatch(/^\d+,\d+( \d+,\d+)+$/);
    expect(hotIn(7)).toBe(hotIn(0));
  });
});

import { describe, expect, test } from "bun:test";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { xorshift } from "./sample-sets.ts";

/** Where in a group the Ys lie, and U and V. */
const GROUPS = {
  yuv444: { pixels: 1, ys: [1], u: 0, v: 2, bytes: 3 },
  yuv422: { pixels: 2, ys: [1, 3], u: 0, v: 2, bytes: 4 },
  yuv411: { pixels: 4, ys: [1, 2, 4, 5], u: 0, v: 3, bytes: 6 },
} as const;

/** JFIF's formula before rounding (ITU-T T.871, 7). */
function formula(y: number, u: number, v: number): [number, number, number] {
  return [
    y + 1.402 * (v - 128),
    y - (0.114 * 1.772 * (u - 128) + 0.299 * 1.402 * (v - 128)) / 0.587,
    y + 1.772 * (u - 128),
  ];
}

function convert(regions: GuardedRegions, mode: keyof typeof GROUPS, bytes: Uint8Array, width: number) {
  const { pixels, bytes: groupBytes } = GROUPS[mode];
  const count = (bytes.length / groupBytes) * pixels;
  const source = regions.put(bytes, width % 7);
  const target = regions.take(3 * count, width % 3);
  expect(regions.exports.yuvToRgb(pixels, source, width, count / width, target)).toBe(0);
  return regions.bytes(target, 3 * count);
}

for (const build of BUILDS) {
  describe(`yuvToRgb, ${build} build`, () => {
    for (const mode of ["yuv444", "yuv422", "yuv411"] as const) {
      test(`draws ${mode} of any width within 0.51 of the formula before rounding`, async () => {
        const regions = await GuardedRegions.of(build);
        const { pixels, ys, u, v, bytes: groupBytes } = GROUPS[mode];
        for (let groups = 1; groups <= 40; groups++) {
          const height = 1 + (groups % 3);
          const next = xorshift(groups);
          const bytes = Uint8Array.from({ length: groups * height * groupBytes }, () => next() >>> 11);
          const made = convert(regions, mode, bytes, groups * pixels);
          const count = groups * height * pixels;
          for (let pixel = 0; pixel < count; pixel++) {
            const at = Math.floor(pixel / pixels) * groupBytes;
            const exact = formula(bytes[at + ys[pixel % pixels]!]!, bytes[at + u]!, bytes[at + v]!);
            const off = exact.map((level, colour) => {
              return Math.abs(made[colour * count + pixel]! - Math.min(Math.max(level, 0), 255));
            });
            expect(Math.max(...off)).toBeLessThan(0.51);
          }
        }
        expect(regions.damage).toBe(0);
      });
    }

    test("leaves grey grey and meets the primaries of full-range BT.601", async () => {
      const regions = await GuardedRegions.of(build);
      const greys = Uint8Array.from({ length: 3 * 256 }, (_, at) =>
        at % 3 === 1 ? Math.floor(at / 3) : 128,
      );
      const levels = Array.from({ length: 256 }, (_, level) => level);
      expect([...convert(regions, "yuv444", greys, 256)]).toEqual([...levels, ...levels, ...levels]);
      // Red, green and blue by the formula's inverse, rounded.
      const primaries = Uint8Array.of(85, 76, 255, 44, 150, 21, 255, 29, 107);
      const made = [...convert(regions, "yuv444", primaries, 3)];
      const ideal = [255, 0, 0, 0, 255, 0, 0, 0, 255];
      expect(Math.max(...made.map((level, at) => Math.abs(level - ideal[at]!)))).toBeLessThanOrEqual(2);
    });

    test("gives every U and V the colours that the scalar truth gives them", async () => {
      const [regions, truth] = [await GuardedRegions.of(build), await GuardedRegions.of("scalar")];
      const bytes = Uint8Array.from({ length: 3 * 65536 }, (_, at) => {
        const pair = Math.floor(at / 3);
        return [pair & 255, (pair * 7) & 255, pair >> 8][at % 3]!;
      });
      const same = Buffer.compare(
        convert(regions, "yuv444", bytes, 256),
        convert(truth, "yuv444", bytes, 256),
      );
      expect(same).toBe(0);
    });

    test("refuses widths that cut a group and groups there are not", async () => {
      const { exports } = await GuardedRegions.of(build);
      const [source, target] = [exports.freeStart(), exports.freeStart() + 4096];
      expect(exports.yuvToRgb(2, source, 3, 2, target)).toBe(-3);
      expect(exports.yuvToRgb(4, source, 6, 2, target)).toBe(-3);
      expect(exports.yuvToRgb(3, source, 6, 2, target)).toBe(-5);
      expect(exports.yuvToRgb(1, source, 0, 2, target)).toBe(-3);
    });
  });
}

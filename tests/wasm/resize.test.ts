import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RESULT } from "../../wasm/core/abi.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { averaged, nearest, noisePlane, planeBytes, setPlaneJob } from "./planes.ts";
import type { Plane } from "./planes.ts";

/** Runs one export on a plane whose rows lie `gap` bytes apart; answers the target's bytes. */
function run(
  regions: GuardedRegions,
  name: "resizeArea" | "resizeNearest",
  plane: Plane,
  targetWidth: number,
  targetHeight: number,
  gap = 0,
): Uint8Array {
  const { width, height, sampleBytes, channels } = plane;
  const pixel = sampleBytes * channels;
  const size = targetHeight * (targetWidth * pixel + gap);
  const source = regions.put(planeBytes(plane, gap), width % 3);
  const target = regions.take(size, height % 5);
  regions.bytes(target, size).fill(0xee);
  setPlaneJob(regions.exports, {
    source,
    sourceStride: width * pixel + gap,
    width,
    height,
    target,
    targetStride: targetWidth * pixel + gap,
    targetWidth,
    targetHeight,
    sampleBytes,
    channels,
    workspace: regions.take(regions.exports.resizeWorkspaceBytes(width, channels)),
  });
  expect(regions.exports[name]()).toBe(0);
  return regions.bytes(target, size).slice();
}

const KINDS = [
  [1, 1],
  [1, 3],
  [2, 1],
  [2, 3],
] as const;

/** Source and target size, down: whole factors of every kind that has a kernel, shares, and one axis only. */
const DOWN = [
  [1, 1, 1, 1],
  [17, 33, 17, 33],
  [32, 32, 16, 16],
  [64, 24, 16, 6],
  [4, 4, 1, 1],
  [132, 12, 33, 3],
  [192, 16, 24, 1],
  [80, 32, 5, 2],
  [96, 40, 12, 5],
  [99, 33, 33, 11],
  [258, 10, 43, 2],
  [258, 7, 1, 1],
  [40, 600, 10, 2],
  [33, 17, 32, 16],
  [100, 67, 37, 29],
  [50, 40, 50, 13],
  [50, 40, 13, 40],
  [21, 1030, 7, 2],
] as const;

const UP = [
  [1, 1, 1, 1],
  [1, 1, 7, 5],
  [4, 3, 6, 3],
  [4, 3, 4, 7],
  [17, 33, 64, 40],
  [16, 8, 32, 24],
  [5, 4, 258, 9],
] as const;

for (const build of BUILDS) {
  describe(`resizing, ${build} build`, () => {
    for (const [sampleBytes, channels] of KINDS) {
      test(`averages areas of ${channels} × ${8 * sampleBytes} bits in whole numbers`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const [width, height, targetWidth, targetHeight] of DOWN) {
          const plane = noisePlane(width, height, sampleBytes, channels);
          for (const gap of [0, 7]) {
            const expected = planeBytes(averaged(plane, targetWidth, targetHeight), gap);
            const found = run(regions, "resizeArea", plane, targetWidth, targetHeight, gap);
            expect(Buffer.compare(found, expected)).toBe(0);
          }
        }
        expect(regions.damage).toBe(0);
      });

      test(`repeats the nearest of ${channels} × ${8 * sampleBytes} bits`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const [width, height, targetWidth, targetHeight] of UP) {
          const plane = noisePlane(width, height, sampleBytes, channels);
          for (const gap of [0, 7]) {
            const expected = planeBytes(nearest(plane, targetWidth, targetHeight), gap);
            const found = run(regions, "resizeNearest", plane, targetWidth, targetHeight, gap);
            expect(Buffer.compare(found, expected)).toBe(0);
          }
        }
        expect(regions.damage).toBe(0);
      });
    }

    test("averages any plane to any smaller size", async () => {
      const regions = await GuardedRegions.of(build);
      const side = fc.integer({ min: 1, max: 70 });
      fc.assert(
        fc.property(
          side,
          side,
          fc.nat(69),
          fc.nat(69),
          fc.constantFrom(...KINDS),
          (w, h, dw, dh, [bytes, channels]) => {
            const plane = noisePlane(w, h, bytes, channels);
            const [width, height] = [1 + (dw % w), 1 + (dh % h)];
            const found = run(regions, "resizeArea", plane, width, height);
            expect(Buffer.compare(found, planeBytes(averaged(plane, width, height)))).toBe(0);
          },
        ),
        { numRuns: 150 },
      );
      expect(regions.damage).toBe(0);
    });

    test("keeps white white and halves up in areas too large for float32 and for 16-bit sums", async () => {
      const regions = await GuardedRegions.of(build);
      for (const [width, height] of [
        [300, 300],
        [1, 40000],
        [40000, 1],
        [600, 301],
      ] as const) {
        const white = { ...noisePlane(width, height), samples: Array<number>(width * height).fill(255) };
        expect([...run(regions, "resizeArea", white, 1, 1)]).toEqual([255]);
        const half = white.samples.map((_, index) => (index < (width * height) / 2 ? 255 : 0));
        expect([...run(regions, "resizeArea", { ...white, samples: half }, 1, 1)]).toEqual([128]);
      }
    });

    test("refuses sizes that go the other way, and sums of more than 32 bits", async () => {
      const { exports } = await GuardedRegions.of(build);
      const job = {
        width: 4,
        height: 4,
        targetWidth: 4,
        targetHeight: 4,
        sampleBytes: 1,
        channels: 1,
      };
      for (const words of [
        { targetWidth: 5 },
        { targetHeight: 5 },
        { targetWidth: 0 },
        { targetHeight: 0 },
        { width: 0 },
        { height: 65538, sampleBytes: 2 },
      ]) {
        setPlaneJob(exports, { ...job, ...words });
        expect(exports.resizeArea()).toBe(RESULT.badSize);
      }
      for (const words of [{ targetWidth: 3 }, { targetHeight: 3 }, { height: 0 }]) {
        setPlaneJob(exports, { ...job, ...words });
        expect(exports.resizeNearest()).toBe(RESULT.badSize);
      }
      setPlaneJob(exports, { ...job, sampleBytes: 8 });
      expect([exports.resizeArea(), exports.resizeNearest()]).toEqual([RESULT.badOption, RESULT.badOption]);
    });
  });
}

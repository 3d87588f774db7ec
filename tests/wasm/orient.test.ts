import { describe, expect, test } from "bun:test";
import { RESULT, TURN } from "../../wasm/core/abi.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { flippedX, flippedY, noisePlane, planeBytes, setPlaneJob, transposed } from "./planes.ts";
import type { Plane } from "./planes.ts";

/** Around the tile sizes of the kernels, and two that are odd in both. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33].flatMap((width) =>
  [1, 3, 4, 7, 8, 9, 16, 17].map((height) => [width, height] as const),
);
const LARGER = [
  [258, 2],
  [100, 67],
  [64, 130],
] as const;

const TURNS = [0, 1, 2, 3, 4, 5, 6, 7];

function turned(plane: Plane, turn: number): Plane {
  const first = (turn & TURN.transpose) === 0 ? plane : transposed(plane);
  const second = (turn & TURN.flipX) === 0 ? first : flippedX(first);
  return (turn & TURN.flipY) === 0 ? second : flippedY(second);
}

function run(regions: GuardedRegions, plane: Plane, turn: number, gap: number): Uint8Array {
  const { width, height, sampleBytes, channels } = plane;
  const expected = turned(plane, turn);
  const bytes = planeBytes(plane, gap);
  const source = regions.put(bytes, gap + (width % 3));
  const size = planeBytes(expected, gap).length;
  const target = regions.take(size, height % 5);
  regions.bytes(target, size).fill(0xee);
  const pixel = sampleBytes * channels;
  setPlaneJob(regions.exports, {
    source,
    sourceStride: width * pixel + gap,
    width,
    height,
    target,
    targetStride: expected.width * pixel + gap,
    sampleBytes,
    channels,
    turn,
  });
  expect(regions.exports.orient()).toBe(0);
  expect(regions.bytes(source, bytes.length)).toEqual(bytes);
  return regions.bytes(target, size).slice();
}

for (const build of BUILDS) {
  describe(`orient, ${build} build`, () => {
    for (const [sampleBytes, channels] of [
      [1, 1],
      [2, 1],
      [1, 3],
      [2, 3],
    ] as const) {
      for (const turn of TURNS) {
        test(`turns ${channels} × ${8 * sampleBytes} bits by ${turn} as its definition does`, async () => {
          const regions = await GuardedRegions.of(build);
          for (const [width, height] of [...SIZES, ...LARGER]) {
            const plane = noisePlane(width, height, sampleBytes, channels, turn + 1);
            for (const gap of [0, 5]) {
              const expected = planeBytes(turned(plane, turn), gap);
              expect(Buffer.compare(run(regions, plane, turn, gap), expected)).toBe(0);
            }
          }
          expect(regions.damage).toBe(0);
        });
      }
    }

    test("refuses planes without pixels and words outside their values", async () => {
      const { exports } = await GuardedRegions.of(build);
      const job = { width: 2, height: 2, sampleBytes: 1, channels: 1, turn: 0 };
      for (const [words, result] of [
        [{ width: 0 }, RESULT.badSize],
        [{ height: 0 }, RESULT.badSize],
        [{ sampleBytes: 4 }, RESULT.badOption],
        [{ channels: 2 }, RESULT.badOption],
        [{ turn: 8 }, RESULT.badOption],
      ] as const) {
        setPlaneJob(exports, { ...job, ...words });
        expect(exports.orient()).toBe(result);
      }
    });
  });
}

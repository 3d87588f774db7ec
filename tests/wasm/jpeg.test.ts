import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { RESULT } from "../../wasm/core/abi.ts";
import type { ColourMode } from "../../wasm/core/index.ts";
import { decodeJpeg } from "../encode/decode.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import digests from "./jpeg-digests.json";
import { encodeRaw, encoderOf } from "./jpeg-encoding.ts";
import type { Job } from "./jpeg-encoding.ts";
import { KINDS, SIZES, layOut, picture } from "./jpeg-pictures.ts";

const QUALITIES = [1, 10, 50, 75, 92, 100];

/** Colour modes and the kinds of file that they may become; the names are those of jpeg-digests.py. */
const COLOURS: readonly (readonly [ColourMode, string, number])[] = [
  ["mono", "grey", 420],
  ["mono", "grey", 422],
  ["mono", "grey", 444],
  ...(["rgb1", "rgb2", "rgb3"] as const).flatMap((mode) => [
    [mode, "420", 420] as const,
    [mode, "422", 422] as const,
    [mode, "444", 444] as const,
  ]),
];

/** A job of the smallest kind, to be spoilt in one word. */
const TINY: Job = {
  samples: new Uint8Array([1, 2, 3]),
  width: 1,
  height: 1,
  mode: "rgb1",
  quality: 75,
  subsampling: 420,
};

for (const build of BUILDS) {
  describe(`encodeJpeg, ${build} build`, () => {
    for (const [mode, colour, subsampling] of COLOURS) {
      test(`writes ${mode} at ${subsampling} byte for byte as libjpeg-turbo does, in all sizes and qualities`, async () => {
        const encode = await encoderOf(build);
        const channels = mode === "mono" ? 1 : 3;
        const ours = SIZES.map(([width, height]) => {
          const sha = createHash("sha256");
          for (const kind of KINDS) {
            const samples = layOut(picture(kind, width, height, channels), mode, width, height);
            for (const quality of QUALITIES) {
              sha.update(encode({ samples, width, height, mode, quality, subsampling }));
            }
          }
          return [`${colour} ${width}x${height}`, sha.digest("hex")] as const;
        });
        expect(Object.fromEntries(ours)).toEqual(
          Object.fromEntries(Object.entries(digests).filter(([name]) => name.startsWith(`${colour} `))),
        );
      });
    }

    test("is decoded by a decoder that is none of ours to nearly the same pixels, edges included", async () => {
      const encode = await encoderOf(build);
      for (const [width, height] of SIZES) {
        for (const mode of ["mono", "rgb1"] as const) {
          const channels = mode === "mono" ? 1 : 3;
          const samples = slope(width, height, channels);
          const jpeg = encode({ samples, width, height, mode, quality: 97, subsampling: 444 });
          const { data, ...size } = await decodeJpeg(jpeg);
          expect([size.width, size.height]).toEqual([width, height]);
          const worst = samples.reduce((most, sample, at) => {
            const shown = data[4 * Math.floor(at / channels) + (at % channels)]!;
            return Math.max(most, Math.abs(shown - sample));
          }, 0);
          expect(worst).toBeLessThanOrEqual(mode === "mono" ? 2 : 5);
        }
      }
    });

    test("gives the same file again, whatever the workspace and the output held before", async () => {
      const { exports } = await GuardedRegions.of(build);
      const job = { ...TINY, samples: picture("noise", 50, 50, 3), width: 50, height: 50 };
      const first = encodeRaw(exports, job).jpeg;
      encodeRaw(exports, { ...job, quality: 100, samples: picture("extreme", 50, 50, 3) });
      expect(encodeRaw(exports, job).jpeg).toEqual(first);
    });

    test("fills a capacity to the last byte, and at any smaller one says so and writes nothing beyond", async () => {
      const { exports } = await GuardedRegions.of(build);
      for (const mode of ["mono", "rgb1"] as const) {
        const samples = picture("noise", 30, 16, mode === "mono" ? 1 : 3);
        const job = { samples, width: 30, height: 16, mode, quality: 100, subsampling: 420 };
        const { result, jpeg } = encodeRaw(exports, job);
        expect(encodeRaw(exports, { ...job, capacity: result })).toEqual({ result, jpeg, damage: 0 });
        const full = { result: RESULT.outputFull, jpeg: new Uint8Array(), damage: 0 };
        for (let capacity = 0; capacity < result; capacity++) {
          expect({ capacity, ...encodeRaw(exports, { ...job, capacity }) }).toEqual({ capacity, ...full });
        }
      }
    });

    test("never passes the bound, not even with noise of full contrast at quality 100", async () => {
      const { exports } = await GuardedRegions.of(build);
      for (const [mode, , subsampling] of COLOURS) {
        for (const [width, height] of SIZES) {
          const samples = picture("extreme", width, height, mode === "mono" ? 1 : 3);
          const job = { samples, width, height, mode, quality: 100, subsampling };
          // The output is as long as the bound: a file that passes it would be a negative result.
          const fits = encodeRaw(exports, job).result > 0;
          expect({ mode, subsampling, width, height, fits }).toMatchObject({ fits: true });
        }
      }
      expect(exports.jpegBoundBytes(65535, 65535, 2, 444)).toBeGreaterThan(2 ** 32);
    });

    test("refuses jobs outside the format with a result of its own each", async () => {
      const { exports } = await GuardedRegions.of(build);
      const refusals: readonly [Partial<Job>, number][] = [
        [{ width: 0 }, RESULT.badSize],
        [{ height: 0 }, RESULT.badSize],
        [{ width: 65536 }, RESULT.badSize],
        [{ height: 65536 }, RESULT.badSize],
        [{ mode: 1 }, RESULT.badColourMode],
        [{ mode: 5 }, RESULT.badColourMode],
        [{ quality: 0 }, RESULT.badOption],
        [{ quality: 101 }, RESULT.badOption],
        [{ subsampling: 411 }, RESULT.badOption],
      ];
      for (const [spoilt, result] of refusals) {
        const outcome = encodeRaw(exports, { ...TINY, capacity: 2000, ...spoilt });
        expect({ spoilt, ...outcome }).toEqual({ spoilt, result, jpeg: new Uint8Array(), damage: 0 });
      }
    });

    test("encodes the longest side the format has, and the longest that libjpeg decodes", async () => {
      const encode = await encoderOf(build);
      for (const side of [65535, 65500]) {
        for (const [width, height] of [
          [side, 2],
          [2, side],
        ] as const) {
          const jpeg = encode({ ...TINY, samples: picture("gradient", width, height, 3), width, height });
          // SOF0 says height and width behind the marker, its length and the precision (T.81 B.2.2)
          const header = new DataView(
            jpeg.buffer,
            Buffer.from(jpeg.buffer).indexOf("ffc00011", 0, "hex") + 5,
          );
          expect([header.getUint16(2), header.getUint16(0)]).toEqual([width, height]);
          if (side === 65535) continue;
          const shown = await decodeJpeg(jpeg);
          expect([shown.width, shown.height]).toEqual([width, height]);
        }
      }
    });
  });
}

test("both builds write the same file for any size, colour mode, quality and subsampling", async () => {
  const simd = await encoderOf("simd");
  const scalar = await encoderOf("scalar");
  const jobs = fc.record({
    width: fc.integer({ min: 1, max: 150 }),
    height: fc.integer({ min: 1, max: 50 }),
    mode: fc.constantFrom("mono", "rgb1", "rgb2", "rgb3"),
    quality: fc.integer({ min: 1, max: 100 }),
    subsampling: fc.constantFrom(420, 422, 444),
    kind: fc.constantFrom(...KINDS),
  });
  fc.assert(
    fc.property(jobs, ({ kind, ...job }) => {
      const samples = picture(kind, job.width, job.height, job.mode === "mono" ? 1 : 3);
      expect(Buffer.compare(simd({ ...job, samples }), scalar({ ...job, samples }))).toBe(0);
    }),
    { numRuns: 200, seed: 20261122 },
  );
});

/** Slow slopes, one each way and channel, that a fine quantisation leaves nearly as they are. */
function slope(width: number, height: number, channels: number): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const x = pixel % width;
    const y = Math.floor(pixel / width);
    return 128 + 50 * Math.sin(x / 20 + (at % channels)) + 50 * Math.cos(y / 20);
  });
}

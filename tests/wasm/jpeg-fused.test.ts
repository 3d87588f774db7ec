import { expect, test } from "bun:test";
import { COLOUR_CODE, RESULT, sampleCode } from "../../wasm/core/abi.ts";
import { SAMPLE_TYPES } from "../../wasm/core/index.ts";
import type { ColourMode } from "../../wasm/core/index.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { encodeRaw } from "./jpeg-encoding.ts";
import { toBytes } from "./reference.ts";
import { randomSamples } from "./sample-sets.ts";

const MODES: readonly ColourMode[] = ["mono", "rgb1", "rgb2", "rgb3"];

for (const build of BUILDS) {
  test(`scaling on the way gives the same file as scaling first, for all types, layouts and odd sizes, ${build} build`, async () => {
    const { exports } = await GuardedRegions.of(build);
    for (const type of SAMPLE_TYPES) {
      for (const mode of MODES) {
        for (const [width, height] of [
          [1, 1],
          [17, 33],
          [50, 40],
        ] as const) {
          const count = width * height * (mode === "mono" ? 1 : 3);
          const raw = toBytes(type, randomSamples(type, count, 9));
          const [low, high] = type.startsWith("float") ? [-0.3, 0.8] : [3, 90];
          const regions = new GuardedRegions(exports);
          const source = regions.put(raw, 8);
          const target = regions.take(count, 8);
          expect(exports.scale(sampleCode(type), source, count, target, low, high)).toBe(0);
          const levels = regions.bytes(target, count).slice();
          const job = { width, height, mode, quality: 85, subsampling: 420 } as const;
          const first = encodeRaw(exports, { ...job, samples: levels });
          const words = { scaled: 1, sampleType: sampleCode(type), low, high };
          const fused = encodeRaw(exports, { ...job, samples: raw, words });
          expect({ type, mode, ...fused }).toEqual({ type, mode, ...first });
          expect(first.result).toBeGreaterThan(0);
        }
      }
    }
  });

  test(`a job with a bad type, range, table, comment, density or part is refused, ${build} build`, async () => {
    const { exports } = await GuardedRegions.of(build);
    const job = { width: 20, height: 40, quality: 85, subsampling: 420, capacity: 4000 } as const;
    const samples = new Uint8Array(20 * 40);
    const regions = new GuardedRegions(exports);
    const tables = regions.put(new Uint8Array(1088));
    for (const [words, result] of [
      [{ scaled: 1, sampleType: 10 }, RESULT.badSampleType],
      [{ scaled: 1, sampleType: 1, low: 5, high: 5 }, RESULT.badRange],
      [{ scaled: 1, sampleType: 1, low: 0.5, high: 5 }, RESULT.badRange],
      [{ huffman: tables }, RESULT.badOption],
      [{ commentBytes: 65534 }, RESULT.badOption],
      [{ densityUnit: 3 }, RESULT.badOption],
      [{ densityX: 0 }, RESULT.badOption],
      [{ densityY: 65536 }, RESULT.badOption],
      [{ firstRow: 1, endRow: 5 }, RESULT.badOption],
      [{ restart: 1, firstRow: 1, endRow: 6 }, RESULT.badOption],
      [{ restart: 1, firstRow: 2, endRow: 2 }, RESULT.badOption],
      [{ restart: 1, firstRow: 5 }, RESULT.badOption],
    ] as const) {
      const outcome = encodeRaw(exports, { ...job, mode: COLOUR_CODE.mono, samples, words }, regions);
      expect({ words, ...outcome }).toEqual({ words, result, jpeg: new Uint8Array(), damage: 0 });
    }
  });

  test(`fills a capacity to the last byte with comment, restart markers and all, ${build} build`, async () => {
    const { exports } = await GuardedRegions.of(build);
    const samples = new Uint8Array(20 * 40).map((_, i) => (i * i) % 251);
    const regions = new GuardedRegions(exports);
    const comment = regions.put(new TextEncoder().encode("seven"));
    const words = { restart: 1, comment, commentBytes: 5, densityUnit: 1, densityX: 300, densityY: 300 };
    const job = {
      width: 20,
      height: 40,
      mode: "mono",
      quality: 100,
      subsampling: 420,
      samples,
      words,
    } as const;
    const { result, jpeg } = encodeRaw(exports, job, regions);
    expect(result).toBeGreaterThan(500);
    expect(encodeRaw(exports, { ...job, capacity: result }, regions)).toEqual({ result, jpeg, damage: 0 });
    // all near the end, some of the others
    const near = Array.from({ length: 12 }, (_, i) => result - 1 - i);
    const some = Array.from({ length: Math.ceil(result / 41) }, (_, i) => 41 * i);
    for (const capacity of [...some, ...near]) {
      const full = { result: RESULT.outputFull, jpeg: new Uint8Array(), damage: 0 };
      expect(encodeRaw(exports, { ...job, capacity }, regions)).toEqual(full);
    }
  });
}

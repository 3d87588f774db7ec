import { describe, expect, test } from "bun:test";
import { sampleCode } from "../../wasm/core/abi.ts";
import { SAMPLE_TYPES } from "../../wasm/core/index.ts";
import type { SampleType } from "../../wasm/core/index.ts";
import { JobMemory } from "../../wasm/core/job-memory.ts";
import { instantiate } from "../../wasm/core/module.ts";
import { statisticsOf } from "../../wasm/core/statistics.ts";
import { BUILDS } from "./both-builds.ts";
import { extremes, toBytes } from "./reference.ts";
import type { Sample } from "./reference.ts";
import { edgeSamples, randomSamples } from "./sample-sets.ts";
import type { CoreBuild } from "../../wasm/core/module.ts";

async function count(build: CoreBuild, type: SampleType, samples: readonly Sample[]) {
  const exports = await instantiate(build);
  const memory = new JobMemory(exports.memory, exports.freeStart() >>> 0, 2 ** 26);
  const bytes = toBytes(type, samples);
  const source = memory.take(bytes.length);
  memory.view(source, bytes.length).set(bytes);
  expect(exports.measure(sampleCode(type), source, samples.length)).toBe(0);
  const row = {
    address: source,
    width: samples.length,
    height: 1,
    sampleType: type,
    colourMode: "mono",
  } as const;
  return statisticsOf({ exports, memory }, row, extremes(samples));
}

/** 256 equal bins from the least to the greatest, which the last one includes. */
function bins(samples: readonly number[], min: number, max: number): Uint32Array {
  const histogram = new Uint32Array(256);
  for (const sample of samples) {
    const bin = max > min ? Math.floor(((sample - min) * 256) / (max - min)) : 0;
    histogram[Math.min(bin, 255)]!++;
  }
  return histogram;
}

for (const build of BUILDS) {
  describe(`statisticsOf, ${build} build`, () => {
    for (const type of SAMPLE_TYPES) {
      test(`tells least, greatest, mean and histogram of ${type}`, async () => {
        const odd = edgeSamples(type).filter((sample) => !(Math.abs(Number(sample)) > 1e300));
        for (const samples of [randomSamples(type, 1003, 5), [...odd, ...randomSamples(type, 6, 2)]]) {
          const found = await count(build, type, samples);
          const finite = samples.filter((sample) => Number.isFinite(Number(sample)));
          const { low, high } = extremes(samples);
          expect(found).toMatchObject({ min: low, max: high, count: finite.length });
          expect(found.histogram).toEqual(bins(finite.map(Number), low, high));
          expect(found.histogram.reduce((sum, bin) => sum + bin)).toBe(finite.length);
          const mean = finite.reduce<number>((sum, sample) => sum + Number(sample) / finite.length, 0);
          expect(Math.abs(found.mean - mean)).toBeLessThanOrEqual(
            Math.max(Math.abs(low), Math.abs(high)) * 1e-13,
          );
        }
      });

      test(`puts a constant image of ${type} into the first bin`, async () => {
        const samples = Array.from({ length: 33 }, () => (type.endsWith("int64") ? 7n : 7));
        const found = await count(build, type, samples);
        expect({ ...found, histogram: found.histogram[0] }).toEqual({
          min: 7,
          max: 7,
          mean: 7,
          count: 33,
          histogram: 33,
        });
      });
    }

    test("sums 64-bit integers exactly, their halves apart", async () => {
      const samples = [2n ** 63n - 1n, -(2n ** 63n) + 1n, 12n, -5n];
      expect((await count(build, "int64", samples)).mean).toBe(7 / 4);
      expect((await count(build, "uint64", [2n ** 64n - 1n, 2n ** 64n - 1n])).mean).toBe(2 ** 64);
    });

    test("has no numbers where no sample is one", async () => {
      const found = await count(build, "float32", [NaN, Infinity, -Infinity]);
      expect(found).toEqual({ min: NaN, max: NaN, mean: NaN, count: 0, histogram: new Uint32Array(256) });
    });
  });
}

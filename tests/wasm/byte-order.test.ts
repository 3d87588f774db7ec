import { describe, expect, test } from "bun:test";
import { SAMPLE_TYPES, bytesPerSample } from "../../wasm/core/index.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { toBytes } from "./reference.ts";
import { randomSamples } from "./sample-sets.ts";

for (const build of BUILDS) {
  describe(`swapBytes, ${build} build`, () => {
    for (const type of SAMPLE_TYPES.filter((type) => bytesPerSample(type) > 1)) {
      test(`makes big-endian ${type} little-endian for every length from 0 to 40 at odd addresses`, async () => {
        const regions = await GuardedRegions.of(build);
        for (let length = 0; length <= 40; length++) {
          const samples = randomSamples(type, length, 8 + length);
          const address = regions.put(toBytes(type, samples, true), length % 16);
          expect(regions.exports.swapBytes(bytesPerSample(type), address, length)).toBe(0);
          const size = length * bytesPerSample(type);
          expect([...regions.bytes(address, size)]).toEqual([...toBytes(type, samples)]);
        }
        expect(regions.damage).toBe(0);
      });
    }

    test("refuses groups that no sample type has", async () => {
      const { exports } = await GuardedRegions.of(build);
      for (const bytes of [0, 1, 3, 5, 16]) expect(exports.swapBytes(bytes, exports.freeStart(), 2)).toBe(-5);
    });
  });
}

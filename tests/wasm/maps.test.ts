import { describe, expect, test } from "bun:test";
import { coloursOf } from "../../wasm/core/maps.ts";
import { MAPS } from "../../wasm/core/recipe.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { randomSamples, xorshift } from "./sample-sets.ts";

for (const build of BUILDS) {
  describe(`applyMap, ${build} build`, () => {
    test("writes each level's colour and nothing else, for every length from 0 to 70", async () => {
      const regions = await GuardedRegions.of(build);
      const next = xorshift(3);
      const palette = Uint8Array.from({ length: 1024 }, () => next() >>> 5);
      const table = regions.put(palette);
      for (let length = 0; length <= 70; length++) {
        const levels = Uint8Array.from(randomSamples("uint8", length, length + 1), Number);
        const source = regions.put(levels, length % 5);
        const target = regions.take(3 * length, length % 4);
        regions.exports.applyMap(source, length, table, target);
        const colours = [...levels].flatMap((level) => [...palette.subarray(4 * level, 4 * level + 3)]);
        expect([...regions.bytes(target, 3 * length)]).toEqual(colours);
      }
      expect(regions.damage).toBe(0);
    });

    test("turns levels around in place, for every length from 0 to 70", async () => {
      const regions = await GuardedRegions.of(build);
      for (let length = 0; length <= 70; length++) {
        const levels = Uint8Array.from(randomSamples("uint8", length, length + 1), Number);
        const address = regions.put(levels, length % 5);
        regions.exports.invertLevels(address, length);
        expect([...regions.bytes(address, length)]).toEqual([...levels].map((level) => 255 - level));
      }
      expect(regions.damage).toBe(0);
    });
  });
}

describe("coloursOf", () => {
  test("has 256 colours of every map", () => {
    for (const map of MAPS) expect(coloursOf(map)).toHaveLength(768);
  });

  test("begins, halves and ends where the maps' authors do", () => {
    const ends = (map: (typeof MAPS)[number]): string[] =>
      [0, 128, 255].map((level) =>
        Buffer.from(coloursOf(map).subarray(3 * level, 3 * level + 3)).toString("hex"),
      );
    expect(ends("grey")).toEqual(["000000", "808080", "ffffff"]);
    expect(ends("grey-inverted")).toEqual(["ffffff", "7f7f7f", "000000"]);
    // As published with d3-scale-chromatic, which has the same tables: interpolateViridis(0) and so on.
    expect(ends("viridis")).toEqual(["440154", "21918c", "fde725"]);
    expect(ends("magma")).toEqual(["000004", "b73779", "fcfdbf"]);
    expect(ends("inferno")).toEqual(["000004", "bc3754", "fcffa4"]);
    expect(ends("plasma")).toEqual(["0d0887", "cc4778", "f0f921"]);
    // Turbo and cividis: the tables of their authors; jet: dark blue, the middle's green, dark red.
    expect(ends("turbo")).toEqual(["30123b", "a4fc3c", "7a0403"]);
    expect(ends("cividis")).toEqual(["00224e", "7d7c78", "fee838"]);
    expect(ends("jet")).toEqual(["000080", "7dff7a", "800000"]);
  });
});

import { describe, expect, test } from "bun:test";
import { COLOUR_CODE } from "../../wasm/core/abi.ts";
import { COLOUR_MODES, samplesPerPixel } from "../../wasm/core/index.ts";
import type { ColourMode } from "../../wasm/core/index.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { xorshift } from "./sample-sets.ts";

const SIZES = [...Array(70).keys()].map((width) => ({ width: width + 1, height: 1 + (width % 5) }));

for (const build of BUILDS) {
  describe(`toRgba, ${build} build`, () => {
    for (const mode of COLOUR_MODES) {
      test(`lays out ${mode} as R G B A for widths from 1 to 70`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const { width, height } of SIZES) {
          const next = xorshift(width);
          const samples = Uint8Array.from({ length: width * height * samplesPerPixel(mode) }, () => next());
          const source = regions.put(samples, width % 7);
          const target = regions.take(4 * width * height, width % 5);
          expect(regions.exports.toRgba(COLOUR_CODE[mode], source, width, height, target)).toBe(0);
          expect([...regions.bytes(target, 4 * width * height)]).toEqual(rgba(mode, samples, width, height));
        }
        expect(regions.damage).toBe(0);
      });
    }

    test("refuses colour modes it does not know and empty pictures", async () => {
      const { exports } = await GuardedRegions.of(build);
      const [source, target] = [exports.freeStart(), exports.freeStart() + 4096];
      for (const code of [1, 5, 6, 7, -1]) expect(exports.toRgba(code, source, 2, 2, target)).toBe(-2);
      expect(exports.toRgba(0, source, 0, 2, target)).toBe(-3);
      expect(exports.toRgba(0, source, 2, 0, target)).toBe(-3);
    });
  });
}

/** The strides of NDArray::getInfo (ADCore, NDArray.cpp): pixel, row and colour. */
function strides(mode: ColourMode, width: number, height: number): [number, number, number] {
  if (mode === "rgb1") return [3, 3 * width, 1];
  if (mode === "rgb2") return [1, 3 * width, width];
  return [1, width, mode === "rgb3" ? width * height : 0];
}

function rgba(mode: ColourMode, samples: Uint8Array, width: number, height: number): number[] {
  const [pixel, row, colour] = strides(mode, width, height);
  return Array.from({ length: 4 * width * height }, (_, at) => {
    const [channel, x, y] = [at % 4, (at >> 2) % width, Math.floor((at >> 2) / width)];
    return channel === 3 ? 255 : samples[x * pixel + y * row + channel * colour]!;
  });
}

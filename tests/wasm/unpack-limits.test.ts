/** What packed frames may cost: nothing is allocated for a claim that the limit does not allow, here or by a decoder. */
import { describe, expect, test } from "bun:test";
import { Core, CoreError, DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import type { Frame } from "../../wasm/core/index.ts";
import { BUILDS } from "./both-builds.ts";

const LIMIT = 1 << 20;

/** A whole grey JPEG as far as its header tells, without pixels. */
function headerOnly(side: number): Uint8Array {
  const size = [side >> 8, side & 255, side >> 8, side & 255];
  return new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, ...size, 1, 1, 0x11, 0, 0xff, 0xd9]);
}

for (const build of BUILDS) {
  describe(`a claim of 4 GiB, ${build} build`, () => {
    const side = 65_535;
    const frame = { width: side, height: side, sampleType: "uint8", colourMode: "mono" } as const;

    test.each([
      ["zlib", new Uint8Array(20)],
      ["jpeg", headerOnly(side)],
      ["lz4", new Uint8Array(20)],
    ] as const)("is refused with the numbers before a decoder for %s runs", async (codec, pixels) => {
      const never = (): never => {
        throw new Error("the decoder ran");
      };
      const inflaters = { zlib: never };
      const core = await Core.load({ build, memoryLimit: LIMIT, inflaters, jpegDecoder: never });
      const claim: Frame = { ...frame, bigEndian: false, codec, pixels };
      let error: unknown;
      try {
        core.toSamples(claim, DEFAULT_RECIPE);
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(CoreError);
      const { code, have, need } = error as CoreError;
      expect({ code, have, enough: need! > side * side }).toEqual({
        code: "out-of-memory",
        have: LIMIT,
        enough: true,
      });
    });
  });
}

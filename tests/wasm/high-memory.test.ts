import { describe, expect, test } from "bun:test";
import { COLOUR_CODE, sampleCode } from "../../wasm/core/abi.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { JobMemory } from "../../wasm/core/job-memory.ts";
import { writeJpeg } from "../../wasm/core/jpeg.ts";
import { instantiate } from "../../wasm/core/module.ts";
import type { CoreBuild } from "../../wasm/core/module.ts";
import { BUILDS } from "./both-builds.ts";
import { toBytes } from "./reference.ts";
import { randomSamples } from "./sample-sets.ts";

const [WIDTH, HEIGHT] = [67, 43];
const COUNT = WIDTH * HEIGHT * 3;
const FRAME = {
  width: WIDTH,
  height: HEIGHT,
  sampleType: "uint16",
  colourMode: "rgb3",
  bigEndian: true,
  pixels: toBytes("uint16", randomSamples("uint16", COUNT, 21), true),
} as const;

/** Runs every export on regions from `start` on (undefined: where they lie normally) and answers what they wrote. */
async function results(build: CoreBuild, start?: number): Promise<Uint8Array[]> {
  const exports = await instantiate(build);
  const memory = new JobMemory(exports.memory, start ?? exports.freeStart(), 2 ** 32);
  const source = memory.take(2 * COUNT);
  const levels = memory.take(COUNT);
  const rgba = memory.take(4 * WIDTH * HEIGHT);
  memory.view(source, 2 * COUNT).set(FRAME.pixels);
  const code = sampleCode(FRAME.sampleType);
  expect(exports.swapBytes(2, source, COUNT)).toBe(0);
  expect(exports.measure(code, source, COUNT)).toBe(0);
  expect(exports.scale(code, source, COUNT, levels, 0, 65535)).toBe(0);
  expect(exports.toRgba(COLOUR_CODE.rgb3, levels, WIDTH, HEIGHT, rgba)).toBe(0);
  const jpeg = writeJpeg(exports, memory, levels, FRAME, DEFAULT_RECIPE).jpeg;
  const measurement = memory.view(exports.measurementAddress(), 24);
  return [measurement, memory.view(levels, COUNT), memory.view(rgba, 4 * WIDTH * HEIGHT), jpeg];
}

for (const build of BUILDS) {
  describe(`the ${build} build`, () => {
    // Addresses are 32 bits without sign; a comparison with sign goes wrong from 2 GiB on. Pages between stay untouched.
    for (const [name, start] of [
      ["across 2 GiB", 2 ** 31 - 6400],
      ["above 2 GiB", 2 ** 31 + 64],
    ] as const) {
      test(`works the same ${name}`, async () => {
        expect(await results(build, start)).toEqual(await results(build));
      });
    }
  });
}

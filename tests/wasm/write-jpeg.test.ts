import { describe, expect, test } from "bun:test";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { JobMemory } from "../../wasm/core/job-memory.ts";
import { writeJpeg } from "../../wasm/core/jpeg.ts";
import { instantiate } from "../../wasm/core/module.ts";
import { picture } from "./jpeg-pictures.ts";

const [WIDTH, HEIGHT] = [1200, 900];
const FRAME = {
  width: WIDTH,
  height: HEIGHT,
  sampleType: "uint8",
  colourMode: "mono",
  bigEndian: false,
  pixels: picture("extreme", WIDTH, HEIGHT, 1),
} as const;

describe("the room for a JPEG", () => {
  test("is found once for a stream of noise, not by encoding every frame twice", async () => {
    const exports = await instantiate();
    let runs = 0;
    const counting = {
      ...exports,
      encodeJpeg: () => {
        runs++;
        return exports.encodeJpeg();
      },
    };
    const memory = new JobMemory(exports.memory, exports.freeStart(), 2 ** 30);
    const encode = (): number => {
      memory.startJob();
      const source = memory.take(FRAME.pixels.length);
      memory.view(source, FRAME.pixels.length).set(FRAME.pixels);
      runs = 0;
      const jpeg = writeJpeg(counting, memory, source, FRAME, { ...DEFAULT_RECIPE, quality: 100 }).jpeg;
      expect(jpeg.length).toBeGreaterThan(WIDTH * HEIGHT + 65536);
      return runs;
    };
    // The first frame shows that the guess did not hold it: else this test would show nothing.
    expect([encode(), encode(), encode()]).toEqual([2, 1, 1]);
  });
});

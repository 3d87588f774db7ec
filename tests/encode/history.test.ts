import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemClock } from "../../server/clock.ts";
import { type EncodedPicture, type Encoder, startEncoderPool } from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { slope, TestFrame } from "./test-frame.ts";

let pool: Encoder;
beforeAll(async () => {
  pool = await startEncoderPool({ workers: 1, log: silentLog, clock: systemClock });
});
afterAll(() => pool.close());

/** A slope that is `gain` as bright as the first. */
function frame(gain: number): TestFrame {
  return new TestFrame(
    80,
    60,
    Uint16Array.from(slope(80, 60), (level) => gain * level),
    { sampleType: "uint16" },
  );
}

function draw(
  gain: number,
  at: number,
  before: EncodedPicture | undefined,
  wish: Partial<Recipe> = {},
): Promise<EncodedPicture> {
  const history = before === undefined ? {} : { history: before.history };
  const recipe = { ...DEFAULT_RECIPE, ...wish };
  return pool.encode({ frame: frame(gain), recipe, encoder: "fast", at, ...history });
}

test("a range that flickers is drawn steadily, from picture to picture and worker to worker", async () => {
  const first = await draw(100, 0, undefined);
  const second = await draw(130, 10, first);
  const own = await draw(130, 10, undefined);
  expect(own.range.high).toBeGreaterThan(1.25 * first.range.high);
  expect(second.range.high).toBeLessThan(1.01 * first.range.high);
  const later = await draw(130, 5000, second);
  expect(later.range.high).toBeGreaterThan(1.28 * first.range.high);
});

test("a range more than twice as wide is drawn at once", async () => {
  const dark = await draw(100, 0, undefined);
  const bright = await draw(250, 10, dark);
  expect(bright.range.high).toBeGreaterThan(2.4 * dark.range.high);
});

test("Huffman tables fitted to the picture before make the next one smaller", async () => {
  const first = await draw(100, 0, undefined, { adaptiveHuffman: true });
  const second = await draw(100, 40, first, { adaptiveHuffman: true });
  expect(second.jpeg.length).toBeLessThan(first.jpeg.length);
});

test("a picture that is told to carries its comment", async () => {
  const { jpeg } = await draw(100, 0, undefined, { comment: true });
  expect(Buffer.from(jpeg).toString("latin1")).toContain("uniqueId=1");
});

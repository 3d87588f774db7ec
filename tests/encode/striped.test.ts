import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemClock } from "../../server/clock.ts";
import {
  EncodeError,
  type EncodedPicture,
  type Encoder,
  startEncoderPool,
} from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { decodeJpeg } from "./decode.ts";
import { slope, TestFrame } from "./test-frame.ts";

const [WIDTH, HEIGHT] = [130, 117];

let several: Encoder;
let one: Encoder;
beforeAll(async () => {
  const parts = { log: silentLog, clock: systemClock, stripedFromPixels: WIDTH * HEIGHT };
  several = await startEncoderPool({ ...parts, workers: 3 });
  one = await startEncoderPool({ ...parts, workers: 1 });
});
afterAll(() => Promise.all([several.close(), one.close()]));

function mono(gain = 100): TestFrame {
  const samples = Uint16Array.from(slope(WIDTH, HEIGHT), (level) => gain * level);
  return new TestFrame(WIDTH, HEIGHT, samples, { sampleType: "uint16" });
}

function colour(): TestFrame {
  const samples = Uint8Array.from(slope(3 * WIDTH, HEIGHT));
  return new TestFrame(WIDTH, HEIGHT, samples, { colourMode: "rgb1" });
}

function encode(pool: Encoder, frame: TestFrame, wish: Partial<Recipe> = {}): Promise<EncodedPicture> {
  return pool.encode({ frame, recipe: { ...DEFAULT_RECIPE, ...wish }, encoder: "fast" });
}

/** How many restart markers the file has: one between each two rows of MCUs where it was drawn in stripes. */
function restarts(jpeg: Uint8Array): number {
  let count = 0;
  for (let at = 1; at < jpeg.length; at++) {
    if (jpeg[at - 1] === 0xff && jpeg[at]! >= 0xd0 && jpeg[at]! <= 0xd7) count++;
  }
  return count;
}

test.each([
  ["16-bit grey", mono, {}],
  ["colour", colour, {}],
  ["colour at full resolution", colour, { subsampling: "444" }],
] as const)(
  "a large frame in %s is drawn by all workers, and shows what one would draw",
  async (_, make, wish) => {
    const frame = make();
    const [cut, whole] = [await encode(several, frame, wish), await encode(one, frame, wish)];
    expect(cut).toMatchObject({ width: WIDTH, height: HEIGHT, encoder: "fast", range: whole.range });
    expect(restarts(cut.jpeg)).toBeGreaterThan(6);
    expect(restarts(whole.jpeg)).toBe(0);
    expect((await decodeJpeg(cut.jpeg)).data).toEqual((await decodeJpeg(whole.jpeg)).data);
    expect([frame.holders, several.idle]).toEqual([0, 3]);
  },
);

test("ranges ride from one large frame to the next", async () => {
  const job = { recipe: DEFAULT_RECIPE, encoder: "fast" } as const;
  const first = await several.encode({ ...job, frame: mono(100), at: 0 });
  const second = await several.encode({ ...job, frame: mono(130), at: 10, history: first.history });
  expect(second.range.high).toBeLessThan(1.01 * first.range.high);
});

test("what looks at more than a row at a time is left to one worker", async () => {
  for (const wish of [{ rotate: "90" }, { range: { kind: "percentile", low: 1, high: 99 } }] as const) {
    expect(restarts((await encode(several, mono(), wish)).jpeg)).toBe(0);
  }
});

test("workers that are busy are not waited for", async () => {
  const busy = encode(several, new TestFrame(64, 64, slope(64, 64)));
  const both = await Promise.all([busy, encode(several, mono())]);
  expect(both.map(({ jpeg }) => restarts(jpeg) > 0)).toEqual([false, true]);
});

test("a stripe that cannot be drawn costs the frame, and no worker", async () => {
  const frame = new TestFrame(66_000, 16, new Uint8Array(66_000 * 16));
  const answer = await encode(several, frame).catch((error: unknown) => error);
  expect(answer).toBeInstanceOf(EncodeError);
  expect([frame.holders, several.idle]).toEqual([0, 3]);
  expect((await encode(several, mono())).jpeg.length).toBeGreaterThan(100);
});

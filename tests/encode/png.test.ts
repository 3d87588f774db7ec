import { afterAll, beforeAll, expect, test } from "bun:test";
import { decode } from "fast-png";
import fc from "fast-check";
import { systemClock } from "../../server/clock.ts";
import { EncodeError, startEncoderPool } from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { compressBslz4 } from "../../server/sim/codec/bslz4.ts";
import { DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { slope, TestFrame } from "./test-frame.ts";

const [WIDTH, HEIGHT] = [61, 40];
const LEVELS = slope(WIDTH, HEIGHT);
const SAMPLES = Uint16Array.from(LEVELS, (level, index) => 251 * level + (index % 7));

let pool: Awaited<ReturnType<typeof startEncoderPool>>;
beforeAll(async () => {
  pool = await startEncoderPool({ workers: 1, log: silentLog, clock: systemClock });
});
afterAll(() => pool.close());

function write(frame: TestFrame, wish: Partial<Recipe> = {}): ReturnType<typeof pool.encodePng> {
  return pool.encodePng({ frame, recipe: { ...DEFAULT_RECIPE, ...wish } });
}

test("16-bit samples are in the file as the camera sent them, packed or not", async () => {
  const plain = new TestFrame(WIDTH, HEIGHT, SAMPLES, { sampleType: "uint16" });
  const bytes = compressBslz4(new Uint8Array(SAMPLES.buffer), 2);
  const packed = new TestFrame(WIDTH, HEIGHT, bytes, { sampleType: "uint16", codec: "bslz4" });
  for (const frame of [plain, packed]) {
    const { png, ...facts } = await write(frame);
    expect(facts).toMatchObject({ depth: 16, raw: true, offset: 0 });
    const { width, height, depth, channels, data } = decode(png);
    expect([width, height, depth, channels]).toEqual([WIDTH, HEIGHT, 16, 1]);
    expect([...data]).toEqual([...SAMPLES]);
    expect(frame.holders).toBe(0);
  }
});

test("signed samples are lifted above zero, and the facts say by how much", async () => {
  const samples = Int16Array.from(LEVELS, (level) => 100 * (level - 128));
  const { png, offset, raw } = await write(new TestFrame(WIDTH, HEIGHT, samples, { sampleType: "int16" }));
  expect([offset, raw]).toEqual([32768, true]);
  expect([...decode(png).data].map((value) => value - 32768)).toEqual([...samples]);
});

test("any samples are what another program reads, of 8 and 16 bits, grey and in colour", async () => {
  const sizes = { width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) };
  const kinds = { deep: fc.boolean(), colour: fc.boolean(), seed: fc.integer() };
  const property = fc.asyncProperty(
    fc.record({ ...sizes, ...kinds }),
    async ({ width, height, deep, colour, seed }) => {
      const channels = colour ? 3 : 1;
      const samples = new (deep ? Uint16Array : Uint8Array)(width * height * channels);
      for (let at = 0; at < samples.length; at++) samples[at] = Math.imul(at + 1, seed | 1) >>> (at % 16);
      const [sampleType, colourMode] = [deep ? "uint16" : "uint8", colour ? "rgb1" : "mono"] as const;
      const { png } = await write(new TestFrame(width, height, samples, { sampleType, colourMode }));
      const read = decode(png, { checkCrc: true });
      expect([read.width, read.height, read.depth, read.channels]).toEqual([
        width,
        height,
        deep ? 16 : 8,
        channels,
      ]);
      expect([...read.data]).toEqual([...samples]);
    },
  );
  await fc.assert(property, { numRuns: 60, seed: 6 });
});

test("what only levels can show has 8 bits and colours", async () => {
  const frame = new TestFrame(WIDTH, HEIGHT, SAMPLES, { sampleType: "uint16" });
  const { png, raw } = await write(frame, { map: "viridis", rotate: "90", comment: true });
  const { width, height, depth, channels, text } = decode(png);
  expect([width, height, depth, channels, raw]).toEqual([HEIGHT, WIDTH, 8, 3, false]);
  expect(text["Comment"]).toBe("uniqueId=1");
});

test("a frame that cannot be drawn costs its own job", async () => {
  const broken = new TestFrame(WIDTH, HEIGHT, new Uint8Array(9), { sampleType: "uint16", codec: "lz4" });
  expect(await write(broken).catch((error: unknown) => error)).toBeInstanceOf(EncodeError);
  expect(pool.idle).toBe(1);
});

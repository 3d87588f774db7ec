import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../server/clock.ts";
import { type EncodedPicture, type EncoderPool, startEncoderPool } from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { blockMeans } from "../../server/encode/block-means.ts";
import { DEFAULT_RECIPE, readJpegHeader } from "../../wasm/core/index.ts";
import { decodeJpeg, frameHeader } from "./decode.ts";
import { TestFrame } from "./test-frame.ts";

const LINES = ["Disconnected", "CAM1:Pva1:Image", "since 12:34:56"];

let pool: EncoderPool;
beforeAll(async () => {
  pool = await startEncoderPool({ workers: 1, log: silentLog, clock: systemClock });
});
afterAll(() => pool.close());

/** A picture of one level, or of one colour. */
function picture(width: number, height: number, pixel: readonly number[]): Promise<EncodedPicture> {
  const samples = new Uint8Array(width * height * pixel.length).map((_, at) => pixel[at % pixel.length]!);
  const colourMode = pixel.length === 1 ? "mono" : "rgb1";
  const frame = new TestFrame(width, height, samples, { colourMode });
  return pool.encode({ frame, recipe: DEFAULT_RECIPE, encoder: "fast" });
}

/** R G B of a pixel that lies at the edge, where no words are, and the share of pixels that are white. */
async function look({ jpeg }: EncodedPicture): Promise<{ corner: number[]; white: number }> {
  const { data } = await decodeJpeg(jpeg);
  let white = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at]! > 200 && data[at + 2]! > 200) white++;
  return { corner: [...data.subarray(0, 3)], white: white / (data.length / 4) };
}

test("without a last picture it is a plain dark one of 640 × 480 with the words on it", async () => {
  const placeholder = await pool.drawPlaceholder({ lines: LINES });
  expect(placeholder).toMatchObject({ width: 640, height: 480, encoder: "fast", history: {} });
  const { corner, white } = await look(placeholder);
  expect(Math.max(...corner)).toBeLessThan(40);
  expect(white).toBeWithin(0.01, 0.2);
});

test("it is as large as is asked", async () => {
  const placeholder = await pool.drawPlaceholder({ size: { width: 333, height: 77 }, lines: LINES });
  const { width, height } = await decodeJpeg(placeholder.jpeg);
  expect([width, height, placeholder.width, placeholder.height]).toEqual([333, 77, 333, 77]);
});

describe("over the last picture", () => {
  test.each([
    [[200], 1, [63, 63, 63]],
    [[250, 100, 50], 3, [78, 31, 16]],
  ] as const)("%j it is dimmed, as large, and has as many components", async (pixel, components, dimmed) => {
    const under = await picture(321, 200, pixel);
    const placeholder = await pool.drawPlaceholder({ under, lines: LINES, size: { width: 9, height: 9 } });
    expect([placeholder.width, placeholder.height]).toEqual([321, 200]);
    expect(frameHeader(placeholder.jpeg).components).toBe(components);
    const { corner, white } = await look(placeholder);
    corner.forEach((level, channel) => expect(level).toBeWithin(dimmed[channel]! - 4, dimmed[channel]! + 5));
    expect(white).toBeWithin(0.01, 0.2);
    expect(under.jpeg.byteLength).toBeGreaterThan(100);
  });

  test("that cannot be decoded the words are told all the same, and the next one is drawn", async () => {
    const { jpeg, ...facts } = await picture(320, 200, [200]);
    for (const broken of [jpeg.slice(0, 300), new Uint8Array(), new Uint8Array(1000).fill(255)]) {
      const placeholder = await pool.drawPlaceholder({ under: { ...facts, jpeg: broken }, lines: LINES });
      expect([placeholder.width, placeholder.height]).toEqual([320, 200]);
      const { corner, white } = await look(placeholder);
      expect(Math.max(...corner)).toBeLessThan(40);
      expect(white).toBeGreaterThan(0.01);
    }
    const { corner } = await look(await pool.drawPlaceholder({ under: { ...facts, jpeg }, lines: LINES }));
    expect(corner[0]).toBeWithin(58, 68);
  });
});

test.each([
  [32, 24],
  [1, 1],
  [4096, 1],
  [3, 700],
])("a picture of %d × %d has what fits", async (width, height) => {
  const under = await picture(width, height, [100, 120, 140]);
  const placeholder = await pool.drawPlaceholder({ under, lines: LINES });
  const decoded = await decodeJpeg(placeholder.jpeg);
  expect([decoded.width, decoded.height]).toEqual([width, height]);
});

test("a picture of 10 megapixels is drawn from the means of its blocks, as large and in its colours", async () => {
  const under = await picture(4000, 2500, [250, 100, 50]);
  const { jpeg } = await pool.drawPlaceholder({ under, lines: LINES });
  expect(readJpegHeader(jpeg)).toMatchObject({ width: 4000, height: 2500, components: 3 });
  const { samples } = blockMeans(jpeg);
  [78, 31, 16].forEach((level, channel) => expect(samples[channel]!).toBeWithin(level - 6, level + 7));
  const white = samples.filter((level) => level > 200).length / samples.length;
  expect(white).toBeWithin(0.01, 0.2);
});

test("text from the network draws neither its controls nor its direction", async () => {
  const draw = async (line: string): Promise<Uint8Array> =>
    (await pool.drawPlaceholder({ lines: [line] })).jpeg;
  expect(await draw("gone\u202E\u0007\u001B")).toEqual(await draw("gone"));
  expect(await draw("日")).toEqual(await draw("本"));
});

test("a picture of no size is refused, and costs only itself", async () => {
  const failed = pool.drawPlaceholder({ size: { width: 0, height: 10 }, lines: [] });
  expect(await failed.catch((error: unknown) => error)).toHaveProperty("code", "bad-frame");
  const large = pool.drawPlaceholder({ size: { width: 70_000, height: 2 }, lines: [] });
  expect(await large.catch((error: unknown) => error)).toHaveProperty("code", "cannot-encode");
  expect(pool.idle).toBe(1);
});

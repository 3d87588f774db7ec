import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  EncodeError,
  type EncodedPicture,
  type Encoder,
  type EncoderName,
  startEncoderPool,
} from "../../server/encode/index.ts";
import { systemClock } from "../../server/clock.ts";
import { silentLog } from "../../server/log.ts";
import { DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { decodeJpeg, frameHeader, meanError } from "./decode.ts";
import { greyFrame, slope, TestFrame } from "./test-frame.ts";

const ENCODERS = ["fast", "mozjpeg"] as const;

describe.each(["simd", "scalar"] as const)("the pool with the %s core", (build) => {
  let pool: Encoder;
  beforeAll(async () => {
    pool = await startEncoderPool({
      workers: 2,
      log: silentLog,
      clock: systemClock,
      environment: { PVA_TO_VIDEO_CORE: build },
    });
  });
  afterAll(() => pool.close());

  async function encode(
    frame: TestFrame,
    encoder: EncoderName,
    recipe: Partial<Recipe> = {},
  ): Promise<EncodedPicture> {
    const picture = await pool.encode({ frame, recipe: { ...DEFAULT_RECIPE, ...recipe }, encoder });
    expect(frame.holders).toBe(0);
    expect(picture.encoder).toBe(encoder);
    expect(picture.encodeMs).toBeGreaterThan(0);
    return picture;
  }

  describe.each(ENCODERS)("and the %s encoder", (encoder) => {
    test.each([
      [1, 1],
      [7, 9],
      [64, 64],
      [258, 31],
    ])("makes a grey JPEG of %d × %d pixels that decodes to the frame", async (width, height) => {
      const samples = slope(width, height);
      const { jpeg, ...picture } = await encode(new TestFrame(width, height, samples), encoder);
      const decoded = await decodeJpeg(jpeg);
      expect([decoded.width, decoded.height, picture.width, picture.height]).toEqual([
        width,
        height,
        width,
        height,
      ]);
      expect(frameHeader(jpeg).components).toBe(1);
      expect(meanError(decoded, (pixel) => [samples[pixel]!, samples[pixel]!, samples[pixel]!])).toBeLessThan(
        2,
      );
    });

    test("scales 16 bits by the range it tells", async () => {
      const samples = Uint16Array.from(slope(40, 30), (level) => 1000 + 100 * level);
      const { jpeg, range } = await encode(new TestFrame(40, 30, samples, { sampleType: "uint16" }), encoder);
      expect([range.low, range.high]).toEqual([Math.min(...samples), Math.max(...samples)]);
      const level = (pixel: number): number =>
        (255 * (samples[pixel]! - range.low)) / (range.high - range.low);
      const decoded = await decodeJpeg(jpeg);
      expect(meanError(decoded, (pixel) => [level(pixel), level(pixel), level(pixel)])).toBeLessThan(2);
    });

    test.each(["420", "444"] as const)("makes a colour JPEG with subsampling %s", async (subsampling) => {
      const red = slope(48, 32);
      const blue = red.map((level) => 255 - level);
      const samples = Uint8Array.from(
        { length: 3 * 48 * 32 },
        (_, at) => [red[Math.floor(at / 3)]!, 90, blue[Math.floor(at / 3)]!][at % 3]!,
      );
      const { jpeg } = await encode(new TestFrame(48, 32, samples, { colourMode: "rgb1" }), encoder, {
        subsampling,
      });
      expect(frameHeader(jpeg)).toEqual({ components: 3, sampling: subsampling === "420" ? 0x22 : 0x11 });
      const decoded = await decodeJpeg(jpeg);
      expect(meanError(decoded, (pixel) => [samples[3 * pixel]!, 90, samples[3 * pixel + 2]!])).toBeLessThan(
        4,
      );
    });

    test("makes a smaller file at a lower quality", async () => {
      const frame = new TestFrame(
        256,
        256,
        slope(256, 256).map((level, at) => level ^ (at % 7)),
      );
      const sizes = [];
      for (const quality of [95, 60, 20])
        sizes.push((await encode(frame, encoder, { quality })).jpeg.byteLength);
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      expect(sizes[2]).toBeLessThan(sizes[0]! / 2);
    });

    test("takes a frame outside shared memory without its neighbours", async () => {
      const samples = slope(16, 16);
      const around = new Uint8Array(1000).fill(255);
      around.set(samples, 500);
      const frame = new TestFrame(16, 16, around.subarray(500, 756), { shared: false });
      const { jpeg } = await encode(frame, encoder);
      expect(
        meanError(await decodeJpeg(jpeg), (pixel) => [samples[pixel]!, samples[pixel]!, samples[pixel]!]),
      ).toBeLessThan(2);
    });

    test("refuses a picture too wide for a JPEG in words, and goes on working", async () => {
      const wide = new TestFrame(65_536, 1, new Uint8Array(65_536));
      const error: unknown = await encode(wide, encoder).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(EncodeError);
      expect(error).toMatchObject({
        code: "cannot-encode",
        message: expect.stringMatching(/at most 65\d{3}/) as string,
      });
      expect(wide.holders).toBe(0);
      expect((await encode(greyFrame(), encoder)).jpeg.byteLength).toBeGreaterThan(100);
    });
  });

  test("gives each picture a buffer of its own, unchanged by later jobs", async () => {
    const first = await encode(greyFrame(16, 16, 10), "fast");
    const copy = first.jpeg.slice();
    await Promise.all([encode(greyFrame(16, 16, 200), "fast"), encode(greyFrame(16, 16, 99), "mozjpeg")]);
    expect(first.jpeg).toEqual(copy);
    expect(first.jpeg.byteLength).toBe(first.jpeg.buffer.byteLength);
  });

  test("makes smaller files of noise with mozjpeg than with the fast encoder", async () => {
    let seed = 1;
    const noise = slope(256, 256).map((level) => level ^ ((seed = (seed * 48271) % 2147483647) & 31));
    const [fast, mozjpeg] = [
      await encode(new TestFrame(256, 256, noise), "fast"),
      await encode(new TestFrame(256, 256, noise), "mozjpeg"),
    ];
    expect(mozjpeg.jpeg.byteLength).toBeLessThan(0.9 * fast.jpeg.byteLength);
  });
});

test("both builds of the core make the same bytes", async () => {
  const frame = new TestFrame(100, 50, slope(100, 50));
  const jpegs = [];
  for (const build of ["simd", "scalar"]) {
    const pool = await startEncoderPool({
      workers: 1,
      log: silentLog,
      clock: systemClock,
      environment: { PVA_TO_VIDEO_CORE: build },
    });
    jpegs.push((await pool.encode({ frame, recipe: DEFAULT_RECIPE, encoder: "fast" })).jpeg);
    await pool.close();
  }
  expect(jpegs[0]).toEqual(jpegs[1]);
});

test("closing under load ends every job one way or the other and releases every frame", async () => {
  const pool = await startEncoderPool({ workers: 2, log: silentLog, clock: systemClock });
  const frames = [1, 2].map(() => new TestFrame(1024, 1024, slope(1024, 1024)));
  const ends = frames.map((frame, index) =>
    pool.encode({ frame, recipe: DEFAULT_RECIPE, encoder: index === 0 ? "fast" : "mozjpeg" }).then(
      () => "done",
      (error: unknown) => (error instanceof EncodeError ? error.code : error),
    ),
  );
  await pool.close();
  for (const end of await Promise.all(ends)) expect(["done", "closed"]).toContain(end as string);
  expect(frames.map(({ holders }) => holders)).toEqual([0, 0]);
});

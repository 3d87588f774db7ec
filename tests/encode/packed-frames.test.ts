import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { systemClock } from "../../server/clock.ts";
import { EncodeError, type Encoder, startEncoderPool } from "../../server/encode/index.ts";
import { bunInflaters } from "../../server/encode/inflaters.ts";
import { silentLog } from "../../server/log.ts";
import { compressBlosc } from "../../server/sim/codec/blosc.ts";
import { compressBslz4, compressLz4Hdf5 } from "../../server/sim/codec/bslz4.ts";
import { compressLz4 } from "../../server/sim/codec/lz4.ts";
import { type Codec, Core, DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { decodeJpeg, meanError } from "./decode.ts";
import { slope, TestFrame } from "./test-frame.ts";

const [WIDTH, HEIGHT] = [120, 70];
const LEVELS = slope(WIDTH, HEIGHT);
const SAMPLES = Uint16Array.from(LEVELS, (level) => 100 * level);
const PLAIN = new Uint8Array(SAMPLES.buffer);

let pool: Encoder;
/** A camera's own JPEG of the slope. */
let file: Uint8Array;

beforeAll(async () => {
  pool = await startEncoderPool({ workers: 1, log: silentLog, clock: systemClock });
  const core = await Core.load();
  const frame = { width: WIDTH, height: HEIGHT, sampleType: "uint8", colourMode: "mono" } as const;
  file = core.encodeJpeg({ ...frame, bigEndian: false, pixels: LEVELS }, DEFAULT_RECIPE).jpeg.slice();
});
afterAll(() => pool.close());

function encode(
  frame: TestFrame,
  wish: Partial<Recipe> = {},
  encoder: "fast" | "mozjpeg" = "fast",
): ReturnType<Encoder["encode"]> {
  return pool.encode({ frame, recipe: { ...DEFAULT_RECIPE, ...wish }, encoder });
}

async function refusal(frame: TestFrame, wish: Partial<Recipe> = {}): Promise<EncodeError> {
  const answer = await encode(frame, wish).catch((error: unknown) => error);
  if (answer instanceof EncodeError && answer.code === "bad-frame") return answer;
  throw new Error("the job was not refused", { cause: answer });
}

describe("a frame packed with", () => {
  test.each<readonly [string, Codec, () => Uint8Array]>([
    ["zlib", "zlib", () => deflateSync(PLAIN)],
    ["lz4", "lz4", () => compressLz4(PLAIN)],
    ["lz4hdf5", "lz4hdf5", () => compressLz4Hdf5(PLAIN, 4096)],
    ["bslz4", "bslz4", () => compressBslz4(PLAIN, 2)],
    ["blosc around lz4", "blosc", () => compressBlosc(PLAIN, 2, "lz4")],
    ["blosc around zlib", "blosc", () => compressBlosc(PLAIN, 2, "zlib")],
    ["blosc around zstd", "blosc", () => compressBlosc(PLAIN, 2, "zstd")],
  ])("%s becomes the same file as the plain one", async (_, codec, pack) => {
    const packed = new TestFrame(WIDTH, HEIGHT, pack(), { sampleType: "uint16", codec });
    const plain = new TestFrame(WIDTH, HEIGHT, SAMPLES, { sampleType: "uint16" });
    expect((await encode(packed)).jpeg).toEqual((await encode(plain)).jpeg);
    expect(packed.holders).toBe(0);
  });

  test("lies costs its own job, in words that name the codec and the place", async () => {
    const cut = compressBslz4(PLAIN, 2).slice(0, 200);
    const failure = await refusal(
      new TestFrame(WIDTH, HEIGHT, cut, { sampleType: "uint16", codec: "bslz4" }),
    );
    expect(failure.message).toMatch(/bslz4 data, byte \d+/);
    const next = await encode(new TestFrame(WIDTH, HEIGHT, SAMPLES, { sampleType: "uint16" }));
    expect(next.jpeg.length).toBeGreaterThan(100);
  });
});

describe("a camera's own JPEG", () => {
  const camera = (): TestFrame => new TestFrame(WIDTH, HEIGHT, file, { codec: "jpeg" });

  test.each(["fast", "mozjpeg"] as const)(
    "is the picture, untouched, where %s was chosen",
    async (encoder) => {
      const picture = await encode(camera(), {}, encoder);
      expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT, encoder: "camera" });
      expect(picture.jpeg).toEqual(file);
      expect(picture.jpeg.buffer).toBeInstanceOf(ArrayBuffer);
    },
  );

  test.each([
    ["a range", { range: { kind: "fixed", low: 0, high: 200 } }, "fast", 200],
    ["mozjpeg", { encoder: "mozjpeg" }, "mozjpeg", 255],
  ] as const)(
    "is decoded and drawn like any frame for those who ask for %s",
    async (_, wish, encoder, top) => {
      const picture = await encode(camera(), wish, encoder);
      expect(picture.encoder).toBe(encoder);
      expect(picture.jpeg).not.toEqual(file);
      const level = (pixel: number): number => Math.min(255, (255 * LEVELS[pixel]!) / top);
      const decoded = await decodeJpeg(picture.jpeg);
      expect(meanError(decoded, (pixel) => [level(pixel), level(pixel), level(pixel)])).toBeLessThan(2);
    },
  );

  test("that is broken costs its own job; the decoder goes on with the next", async () => {
    const wish = { range: { kind: "fixed", low: 0, high: 200 } } as const;
    const broken = new TestFrame(WIDTH, HEIGHT, file.slice(0, 300), { codec: "jpeg" });
    expect((await refusal(broken, wish)).message).toContain("jpeg");
    expect((await encode(camera(), wish)).encoder).toBe("fast");
  });

  test("whose pixels are damaged is refused in the words of libjpeg, for its decoder draws them as grey", async () => {
    const wish = { range: { kind: "fixed", low: 0, high: 200 } } as const;
    const middle = file.length >> 1;
    const ended = new Uint8Array([...file.subarray(0, middle), 0xff, 0xd9]);
    const failure = await refusal(new TestFrame(WIDTH, HEIGHT, ended, { codec: "jpeg" }), wish);
    expect(failure.message).toContain("Corrupt JPEG data: premature end of data segment");
    const unknown = new Uint8Array([...file.subarray(0, middle), 0xff, 0x9d, ...file.subarray(middle)]);
    const other = await refusal(new TestFrame(WIDTH, HEIGHT, unknown, { codec: "jpeg" }), wish);
    expect(other.message).toContain("Unsupported marker type 0x9d");
    expect((await encode(camera(), wish)).encoder).toBe("fast");
  });
});

test("a picture is as large as its recipe makes it, whichever encoder draws it", async () => {
  const wish: Partial<Recipe> = { rotate: "90", roi: { x: 0, y: 0, width: 60, height: 40 }, width: 20 };
  for (const encoder of ["fast", "mozjpeg"] as const) {
    const frame = new TestFrame(WIDTH, HEIGHT, SAMPLES, { sampleType: "uint16" });
    const picture = await encode(frame, wish, encoder);
    expect([picture.width, picture.height]).toEqual([20, 30]);
    const decoded = await decodeJpeg(picture.jpeg);
    expect([decoded.width, decoded.height]).toEqual([20, 30]);
  }
});

test("decompressors make no more than they were asked for", () => {
  const bomb = new Uint8Array(1_000_000);
  const { zlib, zstd } = bunInflaters;
  const two = Buffer.concat([Bun.zstdCompressSync(new Uint8Array(1000)), Bun.zstdCompressSync(bomb)]);
  expect(() => zlib!(deflateSync(bomb), 1000)).toThrow();
  expect(() => zstd!(Bun.zstdCompressSync(bomb), 1000)).toThrow();
  expect(() => zstd!(two, 1000)).toThrow();
  expect(zlib!(deflateSync(bomb.subarray(0, 10)), 10).length).toBe(10);
  expect(zstd!(Bun.zstdCompressSync(bomb), bomb.length).length).toBe(bomb.length);
});

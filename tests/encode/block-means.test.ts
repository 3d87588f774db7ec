import { expect, test } from "bun:test";
import { blockMeans } from "../../server/encode/block-means.ts";
import { Mozjpeg } from "../../server/encode/mozjpeg.ts";
import { Core, DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { decodeJpeg } from "./decode.ts";

const [WIDTH, HEIGHT] = [203, 117];

/** Slopes of three colours, or of grey. */
function samples(channels: 1 | 3): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
    return 128 + 50 * Math.sin(x / 17 + (at % channels)) + 60 * Math.cos(y / 23 - (at % channels));
  });
}

async function fileOf(channels: 1 | 3, wish: Partial<Recipe> = {}): Promise<Uint8Array> {
  const colourMode = channels === 1 ? "mono" : "rgb1";
  const frame = { width: WIDTH, height: HEIGHT, sampleType: "uint8", colourMode, bigEndian: false } as const;
  const core = await Core.load();
  return core
    .encodeJpeg({ ...frame, pixels: samples(channels) }, { ...DEFAULT_RECIPE, ...wish })
    .jpeg.slice();
}

/** Largest difference between the means of a file and those of its pixels, as another decoder has them. */
async function worst(file: Uint8Array, channels: 1 | 3): Promise<number> {
  const means = blockMeans(file);
  expect([means.width, means.height, means.channels]).toEqual([26, 15, channels]);
  const { data } = await decodeJpeg(file);
  let largest = 0;
  // Blocks at the right and lower edge have pixels that nobody sees.
  for (let index = 0; index < 25 * 14 * channels; index++) {
    const [x, y] = [Math.floor(index / channels) % 25, Math.floor(index / channels / 25)];
    let sum = 0;
    for (let pixel = 0; pixel < 64; pixel++) {
      const at = (8 * y + (pixel >> 3)) * WIDTH + 8 * x + (pixel & 7);
      sum += data[4 * at + (index % channels)]!;
    }
    largest = Math.max(
      largest,
      Math.abs(sum / 64 - means.samples[(y * 26 + x) * channels + (index % channels)]!),
    );
  }
  return largest;
}

test("the means of grey blocks are those of the decoded pixels", async () => {
  expect(await worst(await fileOf(1), 1)).toBeLessThan(1.5);
});

test("so are those of colour at full resolution", async () => {
  expect(await worst(await fileOf(3, { subsampling: "444" }), 3)).toBeLessThan(3);
});

test.each(["420", "422"] as const)(
  "with subsampling %s the colours are those of the neighbourhood",
  async (subsampling) => {
    expect(await worst(await fileOf(3, { subsampling }), 3)).toBeLessThan(25);
  },
);

test("mozjpeg's files are read, too", async () => {
  const mozjpeg = await Mozjpeg.load();
  const grey = samples(1);
  const rgba = Uint8ClampedArray.from({ length: 4 * grey.length }, (_, at) => grey[at >> 2]!);
  const picture = { width: WIDTH, height: HEIGHT, grey: true } as const;
  expect(await worst(new Uint8Array(mozjpeg.encode(rgba, picture, DEFAULT_RECIPE)), 1)).toBeLessThan(1.5);
});

test("a file that ends anywhere is an error, never a hang, or shows what it has", async () => {
  const file = await fileOf(3);
  let errors = 0;
  for (let end = 0; end < file.length; end += 37) {
    try {
      blockMeans(file.slice(0, end));
    } catch {
      errors++;
    }
  }
  expect(errors).toBeGreaterThan((0.9 * file.length) / 37);
});

test("a progressive file is an error", async () => {
  const file = await fileOf(1);
  const sof = file.findIndex((byte, at) => byte === 0xff && file[at + 1] === 0xc0);
  const progressive = file.with(sof + 1, 0xc2);
  expect(() => blockMeans(progressive)).toThrow("progressive");
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { spanOf } from "../../server/sim/samples.ts";
import { CODECS, COLOURS } from "../../server/sim/vocabulary.ts";
import { SAMPLE_TYPES, type SampleType } from "../../wasm/core/index.ts";
import { decodeJpeg } from "../encode/decode.ts";
import { readParts } from "../support/multipart.ts";
import { type Service, startService } from "../support/service.ts";

/**
 * Simulated cameras of every codec and colour, from pvAccess to HTTP. Frame n of a pattern is the same scene in each of
 * them, so that what a camera without codec and in plain RGB or grey shows at n is what all others must show.
 */
let service: Service;
beforeAll(async () => {
  service = await startService({ nameServers: "", flags: ["--sim", "--workers", "1"] });
});
afterAll(() => service.close());

/** Frames from 384 × 128 on carry their number as blocks; the bars and the ramp lie below them. */
const SIZE = "384x128";
const FRAMES = 8;

/** The first pictures of a camera by frame number. */
async function pictures(camera: string, query: string): Promise<Map<number, Uint8Array>> {
  const response = await fetch(service.url(`/mjpg/${camera}?${query}`));
  if (response.status !== 200) throw new Error(`${camera}: ${response.status} ${await response.text()}`);
  const found = new Map<number, Uint8Array>();
  for await (const { headers, body } of readParts(response)) {
    found.set(Number(headers.get("x-unique-id")), new Uint8Array(body));
    if (found.size === FRAMES) break;
  }
  return found;
}

let groups = 0;

/**
 * Pictures of the same frames of one camera after the other and of the first, `[seen, wanted]`. All are new, by a rate of
 * their own, and so begin to count at 1 together.
 * @param words `type:colour:codec` of each; the first is what the others are compared with
 */
async function sameFrames(
  words: readonly string[],
  query: string,
): Promise<{ readonly camera: string; readonly pairs: (readonly [Uint8Array, Uint8Array])[] }[]> {
  const rate = (20 + ++groups / 100).toFixed(2);
  const cameras = words.map((word) => `SIM:bars:${SIZE}:${word}@${rate}`);
  const [wanted, ...seen] = await Promise.all(cameras.map((camera) => pictures(camera, query)));
  return seen.map((found, index) => {
    const frames = [...found.keys()].filter((frame) => wanted!.has(frame));
    return {
      camera: words[index + 1]!,
      pairs: frames.map((frame) => [found.get(frame)!, wanted!.get(frame)!] as const),
    };
  });
}

async function expectSameBytes(words: readonly string[], query: string): Promise<void> {
  for (const { camera, pairs } of await sameFrames(words, query)) {
    const equal = pairs.map(([seen, wanted]) => Buffer.compare(seen, wanted) === 0);
    expect({ camera, equal }).toEqual({ camera, equal: equal.map(() => true) });
    expect(pairs.length).toBeGreaterThan(0);
  }
}

const LOSSLESS = CODECS.filter((codec) => codec !== "none" && codec !== "jpeg");
/** An automatic range rides on the frames before, which two viewers need not have seen alike. */
const RANGE = (type: string): string => {
  const { low, high } = spanOf(type as SampleType);
  return `range=${low},${high}`;
};

test.each(SAMPLE_TYPES)("every lossless codec shows of %s the very bytes that none shows", async (type) => {
  await expectSameBytes(
    ["none", ...LOSSLESS].map((codec) => `${type}:mono:${codec}`),
    RANGE(type),
  );
});

test.each(COLOURS)("every lossless codec shows of %s the very bytes that none shows", async (colour) => {
  await expectSameBytes(
    ["none", ...LOSSLESS].map((codec) => `uint8:${colour}:${codec}`),
    "",
  );
});

test.each(["uint8", "uint16", "float32"] as const)(
  "the three RGB layouts of %s are the same picture",
  async (type) => {
    await expectSameBytes(
      ["rgb1", "rgb2", "rgb3"].map((colour) => `${type}:${colour}:none`),
      RANGE(type),
    );
  },
);

const mosaics = COLOURS.filter((colour) => colour.startsWith("bayer"));
const video = COLOURS.filter((colour) => colour.startsWith("yuv"));
test.each([
  ["uint8", [...mosaics, ...video]],
  ["uint16", mosaics],
] as const)("Bayer and YUV of %s show the colours of an RGB camera", async (type, colours) => {
  const words = ["rgb1", ...colours].map((colour) => `${type}:${colour}:none`);
  for (const { camera, pairs } of await sameFrames(words, `${RANGE(type)}&quality=95&subsampling=444`)) {
    expect(pairs.length).toBeGreaterThan(0);
    for (const [seen, wanted] of pairs)
      expect({ camera, ...(await compare(seen, wanted)) }).toEqual({ camera, far: 0, vivid: true });
  }
});

test.each(["", "range=0,255&quality=95", "flip=x&quality=95"])(
  "cameras that send JPEG show with ?%s what others show",
  async (query) => {
    for (const colour of ["mono", "rgb1"]) {
      const words = ["none", "jpeg"].map((codec) => `uint8:${colour}:${codec}`);
      const [{ pairs }] = (await sameFrames(words, query)) as [
        Awaited<ReturnType<typeof sameFrames>>[number],
      ];
      expect(pairs.length).toBeGreaterThan(0);
      for (const [seen, wanted] of pairs) {
        const [one, two] = [await decodeJpeg(seen), await decodeJpeg(wanted)];
        expect([one.width, one.height]).toEqual([two.width, two.height]);
        expect(meanDifference(one.data, two.data)).toBeLessThan(2.5);
      }
    }
  },
);

/**
 * `far`: pixels of all channels beyond LEVELS, where the wanted picture is even for EDGE pixels to all sides, as demosaicing
 * and shared colours blur edges. `vivid`: red and blue are far apart in a fifth of the picture.
 */
async function compare(seen: Uint8Array, wanted: Uint8Array): Promise<{ far: number; vivid: boolean }> {
  const [one, two] = [await decodeJpeg(seen), await decodeJpeg(wanted)];
  expect([one.width, one.height]).toEqual([two.width, two.height]);
  const { width, height } = two;
  const differs = (p: Uint8ClampedArray, a: number, q: Uint8ClampedArray, b: number): boolean =>
    [0, 1, 2].some((c) => Math.abs(p[4 * a + c]! - q[4 * b + c]!) > LEVELS);
  let far = 0;
  let vivid = 0;
  for (let y = EDGE; y < height - EDGE; y++) {
    for (let x = EDGE; x < width - EDGE; x++) {
      const at = y * width + x;
      if (Math.abs(one.data[4 * at]! - one.data[4 * at + 2]!) > 100) vivid++;
      const ring = [-EDGE, EDGE, -EDGE * width, EDGE * width, -1, 1, -width, width];
      if (ring.some((step) => differs(two.data, at, two.data, at + step))) continue;
      if (differs(one.data, at, two.data, at)) far++;
    }
  }
  return { far, vivid: vivid > 0.2 * width * height };
}

const LEVELS = 8;
const EDGE = 5;

function meanDifference(one: Uint8ClampedArray, two: Uint8ClampedArray): number {
  return one.reduce((sum, level, at) => sum + Math.abs(level - two[at]!), 0) / one.length;
}

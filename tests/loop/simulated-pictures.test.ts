/** Simulated cameras of every colour mode and codec, through the whole service: what comes out shows what they look at. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { CODECS, COLOURS } from "../../server/sim/vocabulary.ts";
import { decodeJpeg } from "../encode/decode.ts";
import { readParts } from "../support/multipart.ts";
import { type Service, startService } from "../support/service.ts";

/** Television bars at 75 % (EBU Tech 3325), 8 bits. */
const BARS = [
  [191, 191, 191],
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191],
  [0, 0, 0],
] as const;

/** JPEG at quality 92 and chroma at half resolution, far from the edges of a bar. */
const TOLERANCE = 8;

let service: Service;
beforeAll(async () => {
  service = await startService({ nameServers: "", flags: ["--sim", "--linger", "0", "--encoder", "fast"] });
});
afterAll(() => service.close());

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

async function pictureOf(pv: string, query = ""): Promise<Picture> {
  const response = await fetch(service.url(`/mjpg/${pv}?${query}`));
  expect(response.status).toBe(200);
  for await (const { body } of readParts(response)) return await decodeJpeg(new Uint8Array(body));
  throw new Error("the response ended");
}

/** How far the nearest pixel of a row in the middle is from a colour, in its worst channel. */
function distanceTo(colour: readonly number[], { width, height, data }: Picture): number {
  const row = 4 * width * Math.floor(height / 2);
  let nearest = 255;
  for (let at = row; at < row + 4 * width; at += 4) {
    const worst = Math.max(...colour.map((level, channel) => Math.abs(level - data[at + channel]!)));
    nearest = Math.min(nearest, worst);
  }
  return nearest;
}

/** How grey bars look: BT.601 luminance. */
function grey([red, green, blue]: readonly [number, number, number]): readonly number[] {
  return new Array<number>(3).fill(0.299 * red + 0.587 * green + 0.114 * blue);
}

test.each(COLOURS)("a camera in %s shows all eight bars in their colours", async (colour) => {
  const picture = await pictureOf(`SIM:bars:384x192:${colour}`);
  expect([picture.width, picture.height]).toEqual([384, 192]);
  for (const bar of BARS) {
    const distance = distanceTo(colour === "mono" ? grey(bar) : bar, picture);
    expect({ bar, close: distance <= TOLERANCE }).toEqual({ bar, close: true });
  }
});

test.each(CODECS)("a colour camera packed as %s shows all eight bars in their colours", async (codec) => {
  const picture = await pictureOf(`SIM:bars:384x192:rgb1:${codec}`, "range=0,255");
  for (const bar of BARS) expect(distanceTo(bar, picture)).toBeLessThanOrEqual(TOLERANCE);
});

test.each(CODECS.filter((codec) => codec !== "jpeg"))(
  "32-bit samples packed as %s are read as such",
  async (codec) => {
    const picture = await pictureOf(`SIM:bars:384x192:int32:mono:${codec}`, "range=-100000,100000");
    for (const bar of BARS) expect(distanceTo(grey(bar), picture)).toBeLessThanOrEqual(TOLERANCE);
  },
);

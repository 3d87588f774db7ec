import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  picturesBetween,
  readWithCurl,
  readWithFfmpeg,
  readWithOpenCv,
} from "../../scripts/bench/readers/foreign-readers.ts";
import { decodeJpeg } from "../encode/decode.ts";
import { findPython } from "../support/python.ts";
import { type Service, startService } from "../support/service.ts";
import { requireTool } from "../support/tools.ts";

/** Programs that read moving pictures of others as they read ours; `bun scripts/bench/readers.ts 60` has them read longer. */
const SECONDS = 2;
/** Of 50 pictures that come in that time, so many at least: starting takes its time on a busy machine. */
const ENOUGH = 10;
const openCv = findPython(["cv2"]);

let service: Service;
beforeAll(async () => {
  service = await startService({ nameServers: "127.0.0.1:1", flags: ["--sim", "--workers", "1"] });
});
afterAll(async () => {
  await service.close();
});

const stream = (query = ""): string => service.url(`/mjpg/SIM:beam:64x48:uint8@25${query}`);

/** Bytes of a stream until they hold so many pictures by the way of the Python pva-to-video. */
async function collect(url: string, userAgent: string, pictures: number): Promise<Uint8Array[]> {
  const response = await fetch(url, { headers: { "User-Agent": userAgent } });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("multipart/x-mixed-replace");
  let bytes = new Uint8Array(0);
  for await (const chunk of response.body!) {
    bytes = Buffer.concat([bytes, chunk]);
    const found = picturesBetween(bytes);
    if (found.length >= pictures) return found;
  }
  throw new Error(`the stream ended with ${picturesBetween(bytes).length} pictures`);
}

describe("pva-to-video's own way of reading: split at --frame, from SOI to EOI", () => {
  test.each([
    ["a program", "python-httpx/0.28.1"],
    ["a browser", "Mozilla/5.0 (X11; Linux x86_64) Chrome/156"],
  ])("finds whole pictures in what %s gets", async (_, userAgent) => {
    for (const jpeg of await collect(stream(), userAgent, 5)) {
      const { width, height } = await decodeJpeg(jpeg);
      expect([width, height]).toEqual([64, 48]);
    }
  });

  test("finds them in colour pictures of every quality, whose bytes look like markers often", async () => {
    const noise = service.url("/mjpg/SIM:noise:64x48:uint8:rgb1@25?subsampling=444");
    for (const quality of [1, 50, 100])
      for (const jpeg of await collect(`${noise}&quality=${quality}`, "python-httpx/0.28.1", 3))
        expect((await decodeJpeg(jpeg)).width).toBe(64);
  });
});

test.skipIf(requireTool("ffmpeg", Bun.which("ffmpeg") !== null))(
  "ffmpeg reads a stream without a word of complaint",
  async () => {
    const { frames, complaints } = await readWithFfmpeg(stream(), SECONDS);
    expect(complaints).toEqual([]);
    expect(frames).toBeGreaterThan(ENOUGH);
  },
);

test.skipIf(requireTool("Python with OpenCV", openCv !== undefined))(
  "OpenCV reads a stream and misses nothing",
  async () => {
    const { frames, size, complaints } = await readWithOpenCv(openCv!, stream(), SECONDS);
    expect({ size, complaints }).toEqual({ size: "64×48", complaints: [] });
    expect(frames).toBeGreaterThan(ENOUGH);
  },
  15_000,
);

test.skipIf(requireTool("curl", Bun.which("curl") !== null))(
  "curl reads a stream whose parts are as long as they say",
  async () => {
    const { frames, complaints } = await readWithCurl(stream(), SECONDS);
    expect(complaints).toEqual([]);
    expect(frames).toBeGreaterThan(ENOUGH);
  },
);

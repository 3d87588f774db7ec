import { afterAll, beforeAll, expect, test } from "bun:test";
import { readJpegHeader } from "../../wasm/core/index.ts";
import { decodeJpeg } from "../encode/decode.ts";
import { readParts } from "../support/multipart.ts";
import { PostedCamera } from "../support/posted-camera.ts";
import { type Service, startService } from "../support/service.ts";

/** Options on their way through every room, from the query to the pixels. */
let service: Service;
let camera: PostedCamera;
beforeAll(async () => {
  camera = await PostedCamera.start();
  camera.post(64);
  service = await startService({ nameServers: camera.address, flags: ["--sim", "--workers", "1"] });
});
afterAll(async () => {
  await service.close();
  await camera.close();
});

/** The first JPEG that `/mjpg/<path>` answers with. */
async function firstPicture(path: string): Promise<Uint8Array> {
  const response = await fetch(service.url(`/mjpg/${path}`));
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  for await (const { body } of readParts(response)) return new Uint8Array(body);
  throw new Error(`${path} has no picture`);
}

async function sizeOf(path: string): Promise<string> {
  const { width, height, components } = readJpegHeader(await firstPicture(path));
  return `${width} × ${height}, ${components === 1 ? "grey" : "colour"}`;
}

const GREY = "SIM:beam:64x48:uint16@50";
const BAYER = "SIM:bars:64x48:uint8:bayer-gbrg:bslz4@50";

test.each([
  [GREY, "", "64 × 48, grey"],
  [GREY, "roi=8,8,20,10", "20 × 10, grey"],
  [GREY, "roi=60,40,20,20", "4 × 8, grey"],
  [GREY, "rotate=90", "48 × 64, grey"],
  [GREY, "roi=8,8,20,10&flip=x&rotate=270&width=5", "5 × 10, grey"],
  [GREY, "scale=0.5", "32 × 24, grey"],
  [GREY, "width=128&height=20", "128 × 20, grey"],
  [GREY, "map=viridis&curve=log&range=auto:1,99", "64 × 48, colour"],
  [GREY, "saturated=on&encoder=mozjpeg", "64 × 48, colour"],
  [GREY, "bayer=rggb", "64 × 48, colour"],
  [BAYER, "", "64 × 48, colour"],
  [BAYER, "bayer=off", "64 × 48, grey"],
  ["SIM:bars:64x48:uint8:yuv422@50", "", "64 × 48, colour"],
  ["SIM:bars:64x48:uint8:rgb1:jpeg@50", "colour=mono", "192 × 48, grey"],
])("%s?%s is a picture of %s", async (pv, query, size) => {
  expect(await sizeOf(`${pv}?${query}`)).toBe(size);
});

/** Red, green and blue of a frame of 64s, drawn with these options. */
async function colourOf64(query: string): Promise<readonly number[]> {
  const { data } = await decodeJpeg(await firstPicture(`CAM?subsampling=444&${query}`));
  return [...data.subarray(0, 3)];
}

test.each([
  ["range=0,255", 64, 64, 64],
  ["range=0,128", 128, 128, 128],
  ["range=0,255&curve=sqrt", 128, 128, 128],
  ["range=0,128&curve=gamma:0.5", 64, 64, 64],
  ["range=0,255&map=grey-inverted", 191, 191, 191],
  // The first colour of viridis.
  ["range=64,128&map=viridis", 68, 1, 84],
  ["range=0,63&saturated=on", 255, 0, 0],
  ["range=65,100&saturated=on", 0, 0, 255],
] as const)("?%s draws a sample of 64 as %d %d %d", async (query, red, green, blue) => {
  const drawn = await colourOf64(query);
  for (const [channel, level] of [red, green, blue].entries())
    expect(Math.abs(drawn[channel]! - level)).toBeLessThan(5);
});

test.each([
  ["plane=7", "plane", "7"],
  ["roi=64,0,10,10", "roi", "64,0,10,10"],
  ["colour=rgb1", "colour", "rgb1"],
  ["colour=yuv422", "colour", "yuv422"],
])("?%s of a camera that has no such thing is 400 before the first byte", async (query, option, value) => {
  const response = await fetch(service.url(`/mjpg/${GREY}?${query}`));
  expect(response.status).toBe(400);
  const refusal = (await response.json()) as Record<string, string>;
  expect(refusal).toMatchObject({ error: "bad-option", pv: GREY, option, value });
  expect(refusal["message"]!.length).toBeGreaterThan(20);
});

test("a WebSocket that asks in vain is closed with 4400 and the reason, whole", async () => {
  const socket = new WebSocket(service.url(`/ws/mjpg/${GREY}?status=1&roi=64,0,10,10`).replace("http", "ws"));
  const { code, reason } = await new Promise<CloseEvent>((resolve) => (socket.onclose = resolve));
  expect(code).toBe(4400);
  expect(reason).toStartWith(
    "roi=64,0,10,10 is not allowed: roi is to begin inside the frame, which is 64 × 48",
  );
});

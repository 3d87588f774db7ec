/** Single pictures through every room, from a camera's array to a file. */
import { afterEach, expect, test } from "bun:test";
import { decode as decodePng } from "fast-png";
import { readJpegHeader } from "../../wasm/core/index.ts";
import { PostedCamera } from "../support/posted-camera.ts";
import { type Service, startService } from "../support/service.ts";

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

async function start(...flags: readonly string[]): Promise<{ camera: PostedCamera; service: Service }> {
  const camera = await PostedCamera.start();
  cleanUp.push(() => camera.close());
  const all = ["--workers", "1", "--connect-timeout", "0.5", ...flags];
  const service = await startService({ nameServers: camera.address, flags: all });
  cleanUp.push(() => service.close());
  return { camera, service };
}

/** Waits, looking every few milliseconds, until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(2);
}

test("the first snapshot starts the camera's stream, which lingers for those that follow", async () => {
  const { camera, service } = await start();
  camera.post(1);
  const response = await fetch(service.url("/snapshot/CAM"));
  expect(response.status).toBe(200);
  expect(readJpegHeader(await response.bytes())).toMatchObject({ width: 64, height: 48 });
  expect(response.headers.get("x-unique-id")).toBe("1");
  expect(Number(response.headers.get("x-age"))).toBeLessThan(1000);
  expect(camera.monitors).toBe(1);
  camera.post(2);
  await until(() => camera.monitors === 1);
  const second = await fetch(service.url("/snapshot/CAM?maxAge=60000"));
  expect(second.headers.get("x-unique-id")).toMatch(/^[12]$/u);
  expect(camera.monitors).toBe(1);
});

test("without a linger the snapshot leaves nothing behind", async () => {
  const { camera, service } = await start("--linger", "0");
  camera.post(1);
  expect((await fetch(service.url("/snapshot/CAM.png"))).status).toBe(200);
  await camera.abandoned;
  expect(camera.monitors).toBe(0);
});

test("maxAge=0 waits for a frame that comes after the request", async () => {
  const { camera, service } = await start();
  camera.post(1);
  await (await fetch(service.url("/snapshot/CAM"))).bytes();
  let answered = false;
  const answer = fetch(service.url("/snapshot/CAM?maxAge=0")).finally(() => (answered = true));
  // Answers of the same server that come later show that it has the request, and holds it back.
  for (let turn = 0; turn < 3; turn++) await fetch(service.url("/snapshot/CAM?maxAge=60000"));
  expect(answered).toBe(false);
  camera.post(2);
  expect((await answer).headers.get("x-unique-id")).toBe("2");
});

test("a camera that stands still is 503 for who wants a fresh frame, and says how old its last one is", async () => {
  const { camera, service } = await start();
  camera.post(1);
  await (await fetch(service.url("/snapshot/CAM"))).bytes();
  const response = await fetch(service.url("/snapshot/CAM?maxAge=0"));
  expect(response.status).toBe(503);
  const { error, message } = (await response.json()) as Record<string, string>;
  expect(error).toBe("no-image-yet");
  expect(message).toMatch(/\d/u);
  expect((await fetch(service.url("/snapshot/CAM?maxAge=60000"))).status).toBe(200);
});

test("a PNG and an NPY file hold the camera's own samples", async () => {
  const { camera, service } = await start();
  camera.post(77);
  const png = decodePng(await (await fetch(service.url("/snapshot/CAM.png"))).bytes());
  expect([png.width, png.height, png.depth, png.data[0], png.data.at(-1)]).toEqual([64, 48, 8, 77, 77]);
  const npy = Buffer.from(await (await fetch(service.url("/snapshot/CAM.npy"))).bytes());
  expect(npy.subarray(0, 6).toString("latin1")).toBe("\x93NUMPY");
  expect(npy.toString("latin1")).toContain("'shape': (48, 64)");
  expect(npy.subarray(-64 * 48)).toEqual(Buffer.alloc(64 * 48, 77));
});

test("a snapshot of what somebody watches is the very picture that he got", async () => {
  const { camera, service } = await start();
  camera.post(1);
  const watching = await fetch(service.url("/mjpg/CAM?quality=50"));
  const reader = watching.body!.getReader();
  let seen = Buffer.alloc(0);
  while (!seen.includes(Buffer.from([0xff, 0xd9])))
    seen = Buffer.concat([seen, (await reader.read()).value!]);
  const snapshot = Buffer.from(await (await fetch(service.url("/snapshot/CAM?quality=50"))).bytes());
  expect(seen.includes(snapshot)).toBe(true);
  await reader.cancel();
});

test("after a damaged frame the next sound one is taken; where none comes it is 502", async () => {
  const { camera, service } = await start();
  camera.post(1, { codec: "bslz4", packed: new Uint8Array(100).fill(7) });
  expect((await fetch(service.url("/snapshot/CAM"))).status).toBe(502);
  const answer = fetch(service.url("/snapshot/CAM?maxAge=60000"));
  await until(() => camera.monitors === 1);
  camera.post(2);
  expect((await answer).headers.get("x-unique-id")).toBe("2");
});

test("a wish that the camera's images cannot fulfil is 400, of a PNG too", async () => {
  const { camera, service } = await start();
  camera.post(1);
  for (const path of ["CAM?plane=7", "CAM.png?plane=7"]) {
    const response = await fetch(service.url(`/snapshot/${path}`));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "bad-option", option: "plane", pv: "CAM" });
  }
});

test("a PV that nobody serves is 404 after the connect timeout", async () => {
  const { service } = await start();
  const response = await fetch(service.url("/snapshot/NOBODY.jpg"));
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: "pv-not-found", pv: "NOBODY" });
});

test("pva:// in front of a name is taken off, as Phoebus and cs-web-lib write it", async () => {
  const { camera, service } = await start();
  camera.post(1);
  expect((await fetch(service.url("/snapshot/pva://CAM"))).status).toBe(200);
  const began = performance.now();
  const direct = await fetch(service.url(`/snapshot/pva://${camera.address}/CAM`));
  expect(direct.status).toBe(404);
  // An <img> that has another address to try is not to wait for long.
  expect(performance.now() - began).toBeLessThan(2000);
});

test("many who ask at once get one file of one monitor", async () => {
  const { camera, service } = await start();
  const answers = Array.from({ length: 30 }, () => fetch(service.url("/snapshot/CAM.npy")));
  await until(() => camera.monitors === 1);
  camera.post(5);
  const files = await Promise.all(answers.map(async (answer) => Buffer.from(await (await answer).bytes())));
  expect(files.filter((file) => !file.equals(files[0]!))).toEqual([]);
  expect(camera.monitors).toBe(1);
});

test("those that wait for a worker when the service stops are told so, and do not hold it up", async () => {
  const { camera, service } = await start();
  camera.post(1);
  await (await fetch(service.url("/snapshot/CAM"))).bytes();
  const wishes = Array.from({ length: 20 }, (_, index) => `maxAge=60000&width=3000&quality=${index + 1}`);
  const answers = wishes.map((wish) => fetch(service.url(`/snapshot/CAM?${wish}`)));
  // One that comes after them is answered, so they are there.
  await fetch(service.url("/healthz"));
  await service.close();
  const told = await Promise.all(answers.map(async (answer) => (await answer).text()));
  expect(told.filter((text) => text.includes('"stopping"')).length).toBeGreaterThan(10);
});

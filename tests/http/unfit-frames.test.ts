import { afterEach, beforeEach, expect, test } from "bun:test";
import type { StatusMessage } from "../../server/http/protocol.ts";
import { PostedCamera } from "../support/posted-camera.ts";
import { type Service, startService } from "../support/service.ts";
import { SocketClient } from "./socket-client.ts";

/** Real frames through every room that cannot be drawn, or not as asked, before and after the first picture. */
const DAMAGED = { codec: "bslz4", packed: new Uint8Array(100).fill(7) };

let camera: PostedCamera;
let service: Service;
let socket: SocketClient | undefined;
beforeEach(async () => {
  camera = await PostedCamera.start();
  const flags = ["--workers", "1", "--connect-timeout", "0.5"];
  service = await startService({ nameServers: camera.address, flags });
});
afterEach(async () => {
  socket?.close();
  socket = undefined;
  await service.close();
  await camera.close();
});

/** Opens a socket with status messages. */
function watch(query = ""): SocketClient {
  const { port } = new URL(service.url("/"));
  socket = new SocketClient({ port }, `/ws/mjpg/CAM?status=1${query}`);
  return socket;
}

/** Waits for a status that says so. */
async function said(client: SocketClient, status: Partial<StatusMessage>): Promise<StatusMessage> {
  const found = ({ statuses }: SocketClient): boolean =>
    Object.entries(status).every(([name, value]) => statuses.at(-1)?.[name as keyof StatusMessage] === value);
  await client.until(found);
  return client.statuses.at(-1)!;
}

test("a stream goes on while frames do not fit its region, says so, and draws again when they fit", async () => {
  camera.post(1);
  const client = watch("&roi=32,32,16,8");
  await client.until(({ pictures }) => pictures.length === 1);
  camera.post(2, { width: 16, height: 16 });
  const unfit = await said(client, { state: "stalled", failure: "bad-recipe" });
  expect(unfit).toMatchObject({ width: 16, picture: { width: 16, height: 8 } });
  expect(unfit.reason).toContain("roi=32,32,16,8");
  camera.post(3);
  await client.until(({ pictures }) => pictures.length === 2);
  const fit = await said(client, { state: "live" });
  expect(fit).not.toHaveProperty("failure");
});

test("a frame whose packed bytes lie is counted as failed, and the stream goes on", async () => {
  camera.post(1);
  const client = watch();
  await client.until(({ pictures }) => pictures.length === 1);
  camera.post(2, DAMAGED);
  const damaged = await said(client, { state: "stalled", failure: "bad-frame" });
  expect(damaged.reason).toMatch(/damaged: .*bslz4/u);
  camera.post(3);
  await client.until(({ pictures }) => pictures.length === 2);
  expect((await said(client, { state: "live" })).drops.failed).toBe(1);
});

test("a viewer who comes upon a damaged frame gets the next sound one", async () => {
  camera.post(1, DAMAGED);
  const client = watch();
  await said(client, { state: "connecting" });
  await until(() => camera.monitors === 1);
  camera.post(2);
  await client.until(({ pictures }) => pictures.length === 1);
});

test("where only damaged frames come the answer is 502, and not that the PV is no image", async () => {
  camera.post(1, DAMAGED);
  const response = await fetch(service.url("/mjpg/CAM"));
  expect(response.status).toBe(502);
  expect(response.headers.get("retry-after")).toBe("2");
  expect(await response.json()).toMatchObject({ error: "bad-image", pv: "CAM" });
});

/** Waits, looking every few milliseconds, until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(2);
}

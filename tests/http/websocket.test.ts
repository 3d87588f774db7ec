import { expect, test } from "bun:test";
import { ServiceError } from "../../server/errors.ts";
import { picture } from "./fake-streams.ts";
import { RawClient } from "./raw-client.ts";
import { serve } from "./serving.ts";
import { SocketClient } from "./socket-client.ts";

const UPGRADE =
  "Host: pc1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

const BROWSER = { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)" };

test("each picture is one binary message of exactly the JPEG's bytes, and nothing else is sent", async () => {
  using server = serve();
  const client = new SocketClient(server, "/ws/mjpg/CAM%3APVA?quality=50");
  const viewer = await server.streams.viewer();
  expect(server.streams.opened[0]!.pv).toBe("CAM:PVA");
  expect(server.streams.opened[0]!.recipe.quality).toBe(50);
  for (const sequence of [1, 2, 3]) {
    viewer.show(picture(sequence));
    await client.until(({ pictures }) => pictures.length === sequence);
  }
  expect(client.pictures).toEqual([1, 2, 3].map((sequence) => picture(sequence).jpeg));
  expect(client.statuses).toBeEmpty();
  client.close();
  await viewer.closed;
});

test("a program is refused before the upgrade, with the status that /mjpg gives", async () => {
  using server = serve();
  server.streams.refusal = new ServiceError("pv-not-found", "Nobody knows CAM.", { pv: "CAM" });
  const client = await RawClient.ask(server.port, `GET /ws/mjpg/CAM HTTP/1.1\r\n${UPGRADE}`);
  const text = await client.until((all) => all.endsWith("}"));
  expect(text).toStartWith("HTTP/1.1 404 ");
  expect(text).toContain('"error":"pv-not-found"');
  client.close();
});

test.each([
  ["pv-not-found", 4404],
  ["no-image-yet", 4503],
  ["not-an-image", 4415],
  ["bad-image", 4502],
  ["bad-option", 4400],
  ["stopping", 4503],
] as const)("a browser is refused for %s with close code %d and the reason", async (code, closeCode) => {
  using server = serve();
  server.streams.refusal = new ServiceError(code, "Said why.", { pv: "CAM" });
  const client = new SocketClient(server, "/ws/mjpg/CAM", BROWSER);
  expect(await client.closed).toEqual({ code: closeCode, reason: "Said why." });
});

test("a bad option closes a browser's socket with 4400, naming it", async () => {
  using server = serve();
  const client = new SocketClient(server, "/ws/mjpg/CAM?status=1&fps=never");
  const { code, reason } = await client.closed;
  expect(code).toBe(4400);
  expect(reason).toContain("fps=never");
});

test("a reason longer than a close frame is cut between characters", async () => {
  using server = serve();
  server.streams.refusal = new ServiceError("not-an-image", "µ".repeat(100));
  const client = new SocketClient(server, "/ws/mjpg/CAM", BROWSER);
  expect(await client.closed).toEqual({ code: 4415, reason: `${"µ".repeat(60)}…` });
});

test("with status=1 the first message tells that the PV is looked for, before there is a stream", async () => {
  using server = serve();
  server.streams.searching = true;
  const client = new SocketClient(server, "/ws/mjpg/CAM?status=1");
  await client.until(({ statuses }) => statuses.length === 1);
  expect(client.statuses[0]).toMatchObject({ type: "status", pv: "CAM", state: "connecting" });
  await server.clock.advance(1000);
  await client.until(({ statuses }) => statuses.length === 2);
  client.close();
  await server.streams.left;
  expect(server.clock.pending).toBe(0);
});

test("with status=1 a change is told at once, and silence is broken every second with the range drawn", async () => {
  using server = serve();
  const client = new SocketClient(server, "/ws/mjpg/CAM?status=1");
  const viewer = await server.streams.viewer();
  await client.until(({ statuses }) => statuses.at(-1)?.state === "live");
  viewer.show(picture(1));
  await client.until(({ pictures }) => pictures.length === 1);
  viewer.change({ state: "stalled", reason: "No frame for 5 s." });
  await client.until(({ statuses }) => statuses.at(-1)?.reason === "No frame for 5 s.");
  expect(client.statuses.at(-1)!.range).toEqual({ low: 0, high: 4095 });
  const told = client.statuses.length;
  viewer.status = { ...viewer.status, cameraFps: 12.5 };
  await server.clock.advance(999);
  await server.clock.advance(1);
  await client.until(({ statuses }) => statuses.length === told + 1);
  expect(client.statuses.at(-1)!.cameraFps).toBe(12.5);
  client.close();
  await viewer.closed;
  expect(viewer.listeners).toBeEmpty();
  expect(server.clock.pending).toBe(0);
});

test("with status=1 what a picture brings is told with it, in words for a page, but not each new range", async () => {
  using server = serve();
  const client = new SocketClient(server, "/ws/mjpg/CAM?status=1&roi=4,4,100,100");
  const viewer = await server.streams.viewer();
  await client.until(({ statuses }) => statuses.at(-1)?.state === "live");
  viewer.change({ codec: "bslz4", planes: 3, sampleType: "uint16" });
  const cut = { x: 4, y: 4, width: 4, height: 4, plane: 0, pictureWidth: 4, pictureHeight: 4 };
  const range = { low: 7, high: 8, issues: ["constant-image"] } as const;
  viewer.show({ ...picture(1), region: cut, issues: ["roi-clamped"], range, encoder: "camera" });
  await client.until(({ statuses }) => statuses.at(-1)?.picture !== undefined);
  expect(client.statuses.at(-1)).toMatchObject({
    codec: "bslz4",
    planes: 3,
    range: { low: 7, high: 8 },
    picture: {
      region: { x: 4, y: 4, width: 4, height: 4, plane: 0 },
      width: 4,
      height: 4,
      issues: ["roi-clamped", "constant-image"],
      source: "camera",
    },
  });
  const told = client.statuses.length;
  const other = { ...range, low: 5 };
  viewer.show({ ...picture(2), region: cut, issues: ["roi-clamped"], range: other, encoder: "camera" });
  await client.until(({ pictures }) => pictures.length === 2);
  viewer.show({ ...picture(3), range: other });
  await client.until(({ statuses }) => statuses.length > told);
  expect(client.statuses.at(-1)).toMatchObject({ picture: { issues: ["constant-image"], source: "fast" } });
  expect(client.statuses).toHaveLength(told + 1);
  client.close();
  await viewer.closed;
});

test("a stream that ends closes the socket as going away", async () => {
  using server = serve();
  const client = new SocketClient(server, "/ws/mjpg/CAM");
  (await server.streams.viewer()).close();
  expect((await client.closed).code).toBe(1001);
  await server.http.ended();
});

test("a plain GET is told to ask for an upgrade, and opens nothing", async () => {
  using server = serve();
  const response = await fetch(`${server.url}/ws/mjpg/CAM`);
  expect(response.status).toBe(426);
  expect(response.headers.get("upgrade")).toBe("websocket");
  expect(server.streams.opened).toBeEmpty();
});

test("an upgrade that Bun does not accept leaves no viewer behind", async () => {
  using server = serve();
  const request =
    "GET /ws/mjpg/CAM HTTP/1.1\r\nHost: pc1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  const client = await RawClient.ask(server.port, request);
  const text = await client.until((all) => all.endsWith("}"));
  expect(text).toStartWith("HTTP/1.1 426 ");
  await (
    await server.streams.viewer()
  ).closed;
  client.close();
});

test("a socket that does not read has one picture waiting at most and gets the newest when it reads again", async () => {
  using server = serve();
  const client = await RawClient.ask(server.port, `GET /ws/mjpg/CAM HTTP/1.1\r\n${UPGRADE}`, {
    reading: false,
  });
  const viewer = await server.streams.viewer();
  for (let sequence = 1; sequence <= 60; sequence++) {
    viewer.show(picture(sequence, 1_000_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const taken = viewer.repeatAfter.length;
  expect(taken).toBeLessThan(30);
  client.resume();
  const ofLast = Buffer.from(picture(60).jpeg.subarray(2, 20)).toString("latin1");
  await client.until((text) => text.includes(ofLast) && text.endsWith("\xff\xd9"));
  expect(viewer.repeatAfter.length).toBeLessThanOrEqual(taken + 2);
  client.close();
});

test("a socket that leaves while a picture waits for it to read leaves nothing running", async () => {
  using server = serve();
  const client = await RawClient.ask(server.port, `GET /ws/mjpg/CAM HTTP/1.1\r\n${UPGRADE}`, {
    reading: false,
  });
  const viewer = await server.streams.viewer();
  viewer.show(picture(1, 64_000_000));
  await new Promise((resolve) => setImmediate(resolve));
  expect(viewer.repeatAfter).toHaveLength(1);
  client.close();
  await viewer.closed;
  await server.http.ended();
});

test("with ack=1 two pictures are on their way, and any message lets the next one go", async () => {
  using server = serve();
  const client = new SocketClient(server, "/ws/mjpg/CAM?ack=1");
  const viewer = await server.streams.viewer();
  for (const sequence of [1, 2, 3, 4]) {
    viewer.show(picture(sequence));
    await client.until(({ pictures }) => pictures.length === Math.min(sequence, 2));
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(viewer.repeatAfter).toHaveLength(2);
  client.say("ack");
  await client.until(({ pictures }) => pictures.length === 3);
  client.say(new Uint8Array([7]));
  viewer.show(picture(5));
  await client.until(({ pictures }) => pictures.length === 4);
  expect(client.pictures).toEqual([1, 2, 4, 5].map((sequence) => picture(sequence).jpeg));
  client.close();
  await viewer.closed;
});

test("without ack=1 pictures need no acknowledgement, and what is said all the same does nothing", async () => {
  using server = serve();
  const client = new SocketClient(server, "/ws/mjpg/CAM");
  const viewer = await server.streams.viewer();
  for (let sequence = 1; sequence <= 6; sequence++) {
    viewer.show(picture(sequence));
    await client.until(({ pictures }) => pictures.length === sequence);
    client.say("{}");
  }
  client.close();
  await viewer.closed;
});

test("a socket that is not read for half a minute is closed, however much is sent into it", async () => {
  using server = serve();
  const client = await RawClient.ask(server.port, `GET /ws/mjpg/CAM HTTP/1.1\r\n${UPGRADE}`, {
    reading: false,
  });
  const viewer = await server.streams.viewer();
  for (let second = 1; second <= 29; second++) {
    viewer.show(picture(second, 10_000));
    await server.clock.advance(1000);
  }
  expect(server.clock.pending).toBe(1);
  await server.clock.advance(10_000);
  await viewer.closed;
  expect(server.clock.pending).toBe(0);
  client.close();
});

test("a socket whose client answers pings is kept for as long as it likes", async () => {
  using server = serve();
  const client = new SocketClient(server, "/ws/mjpg/CAM?status=1");
  const viewer = await server.streams.viewer();
  for (let round = 1; round <= 12; round++) {
    const told = client.statuses.length;
    await server.clock.advance(10_000);
    // The ping went out before these; its answer is a turn of the loop behind them at most.
    await client.until(({ statuses }) => statuses.length >= told + 10);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(viewer.listeners.size).toBe(1);
  client.close();
  await viewer.closed;
});

test("a picture that a client had not taken when it left does not count as sent", async () => {
  using server = serve();
  const client = await RawClient.ask(server.port, `GET /ws/mjpg/CAM HTTP/1.1\r\n${UPGRADE}`, {
    reading: false,
  });
  const viewer = await server.streams.viewer();
  viewer.show(picture(1, 32 * 1024 * 1024));
  client.close();
  await viewer.closed;
  await new Promise((resolve) => setImmediate(resolve));
  expect(viewer.sentPictures).toEqual([]);
});

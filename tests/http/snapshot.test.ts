import { expect, test } from "bun:test";
import { EncodeError } from "../../server/encode/index.ts";
import { ServiceError } from "../../server/errors.ts";
import { parseTokens, Tokens } from "../../server/http/access-tokens.ts";
import { contentDisposition } from "../../server/http/snapshot-headers.ts";
import { openAccess } from "../support/open-access.ts";
import { FakeFrame, fileOf } from "./fake-snapshots.ts";
import { picture } from "./fake-streams.ts";
import { RawClient } from "./raw-client.ts";
import { serve, type Serving } from "./serving.ts";

/** Frames that came 40 ms ago, each held for whoever takes it. */
async function withFrames(server: Serving): Promise<FakeFrame[]> {
  await server.clock.advance(100);
  const frames: FakeFrame[] = [];
  server.streams.frame = () => {
    frames.push(new FakeFrame(frames.length + 1, 60));
    return frames.at(-1)!;
  };
  return frames;
}

test("a snapshot is a file with all that is known of it, and lets its frame go", async () => {
  using server = serve();
  const frames = await withFrames(server);
  const response = await fetch(`${server.url}/snapshot/CAM:PVA:OUTPUT?map=jet`);
  expect(response.status).toBe(200);
  expect(await response.bytes()).toEqual(fileOf("jpg", { uniqueId: 1001 }));
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "image/jpeg",
    "content-length": "11",
    "content-disposition": 'inline; filename="CAM_PVA_OUTPUT-1001.jpg"',
    "cache-control": "no-store",
    vary: "Accept",
    "x-unique-id": "1001",
    "x-timestamp": "1767225600.123456",
    "x-camera-timestamp": "915148800.000000",
    "x-received": "1767225600.060000",
    "x-age": "40",
    "x-range": "0,255",
    "x-region": "0,0,8,8",
    "x-encoder": "mozjpeg",
  });
  expect(frames.map(({ holders }) => holders)).toEqual([0]);
  expect(server.streams.glimpses).toMatchObject([{ pv: "CAM:PVA:OUTPUT", maxAgeMs: 1000 }]);
});

test("pages of other hosts may read every header that tells of the picture", async () => {
  using server = serve();
  await withFrames(server);
  const { headers } = await fetch(`${server.url}/snapshot/CAM.png`);
  const exposed = headers.get("access-control-expose-headers")!.toLowerCase().split(", ");
  const told = [...headers.keys()].filter((name) => name.startsWith("x-"));
  const common = ["x-accel-buffering", "x-content-type-options", "x-frame-options"];
  expect(told.filter((name) => !common.includes(name) && !exposed.includes(name))).toEqual([]);
  expect(exposed).toContain("content-disposition");
});

test("a PNG tells what was added to its samples, an NPY file nothing of what was drawn", async () => {
  using server = serve();
  await withFrames(server);
  const png = await fetch(`${server.url}/snapshot/CAM.png`);
  expect(png.headers.get("content-type")).toBe("image/png");
  expect(png.headers.get("x-sample-offset")).toBe("32768");
  const npy = await fetch(`${server.url}/snapshot/CAM.npy?maxAge=0`);
  expect(npy.headers.get("content-type")).toBe("application/x-npy");
  expect(npy.headers.get("content-disposition")).toBe('attachment; filename="CAM-1002.npy"');
  expect(npy.headers.has("x-range")).toBe(false);
  expect(server.streams.glimpses.map(({ maxAgeMs }) => maxAgeMs)).toEqual([1000, 0]);
});

test("HEAD gets the headers of GET, the length too, and no body", async () => {
  using server = serve();
  await withFrames(server);
  const request = "HEAD /snapshot/CAM.npy HTTP/1.1\r\nHost: pc1\r\nConnection: close\r\n\r\n";
  const text = await (await RawClient.ask(server.port, request)).untilClosed();
  expect(text).toStartWith("HTTP/1.1 200 OK\r\n");
  expect(text.toLowerCase()).toContain("content-length: 11\r\n");
  expect(text.toLowerCase()).toContain("x-unique-id: 1001\r\n");
  expect(text).toEndWith("\r\n\r\n");
});

test("what viewers of the recipe were shown lately is taken as it is, and no frame is asked for", async () => {
  using server = serve();
  await withFrames(server);
  server.streams.shown = { ...picture(7), receivedAt: 50 };
  const response = await fetch(`${server.url}/snapshot/CAM`);
  expect(Buffer.from(await response.bytes())).toEqual(Buffer.from(picture(7).jpeg));
  expect(response.headers.get("x-age")).toBe("50");
  expect(response.headers.get("x-encoder")).toBe("fast");
  expect(server.streams.glimpses).toEqual([]);
  expect(server.pool.jobs).toEqual([]);
});

test.each(["?maxAge=50", "?maxAge=0", ".png", ".npy"])(
  "what viewers were shown is too old, or no such file, for %s",
  async (asked) => {
    using server = serve();
    await withFrames(server);
    server.streams.shown = { ...picture(7), receivedAt: 50 };
    const response = await fetch(`${server.url}/snapshot/CAM${asked}`);
    expect(response.headers.get("x-unique-id")).toBe("1001");
    expect(server.pool.jobs).toHaveLength(1);
  },
);

test("a picture that viewers are shown while a frame is waited for is taken instead of it", async () => {
  using server = serve();
  const frames = await withFrames(server);
  const { frame } = server.streams;
  server.streams.frame = () => {
    server.streams.shown = { ...picture(7), receivedAt: 101 };
    return frame!();
  };
  const response = await fetch(`${server.url}/snapshot/CAM?maxAge=0`);
  expect(response.headers.get("x-unique-id")).toBe("1007");
  expect(server.pool.jobs).toEqual([]);
  expect(frames[0]!.holders).toBe(0);
});

test.each([
  ["pv-not-found", 404, null],
  ["not-an-image", 415, null],
  ["bad-image", 502, "2"],
  ["no-image-yet", 503, "2"],
  ["stopping", 503, "5"],
] as const)("%s is %d, as JSON, as of a moving picture", async (code, status, retryAfter) => {
  using server = serve();
  server.streams.refusal = new ServiceError(code, "There is none.", { pv: "CAM" });
  const response = await fetch(`${server.url}/snapshot/CAM.jpg`);
  expect(response.status).toBe(status);
  expect(response.headers.get("retry-after")).toBe(retryAfter);
  expect(await response.json()).toEqual({ error: code, message: "There is none.", pv: "CAM" });
});

test("with placeholder=1 what is wrong with the camera is answered with a picture that tells it", async () => {
  using server = serve();
  server.streams.refusal = new ServiceError("pv-not-found", "No server has it.", { pv: "CAM" });
  const response = await fetch(`${server.url}/snapshot/CAM?placeholder=1&width=320`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("image/jpeg");
  expect(response.headers.get("x-error")).toBe("pv-not-found");
  expect(await response.text()).toBe("No server has it.|CAM|2026-01-01 00:00:00 UTC");
});

test.each(["bad-option", "too-many-streams", "stopping"] as const)(
  "%s is an error all the same, for it is not the camera's trouble",
  async (code) => {
    using server = serve();
    server.streams.refusal = new ServiceError(code, "No.", { pv: "CAM" });
    const response = await fetch(`${server.url}/snapshot/CAM?placeholder=1`);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.json()).toMatchObject({ error: code });
  },
);

test("after a damaged frame the next one is taken: one that has come meanwhile, or else one to come", async () => {
  using server = serve();
  const frames = await withFrames(server);
  const { frame: next } = server.streams;
  server.pool.quick = false;
  const answer = fetch(`${server.url}/snapshot/CAM?maxAge=5000`);
  while (server.pool.jobs.length < 1) await Bun.sleep(1);
  frames[0]!.retain();
  // The newest frame is still the damaged one when it is asked for again.
  let asked = 0;
  server.streams.frame = () => {
    if (asked++ > 0) return next!();
    frames[0]!.retain();
    return frames[0]!;
  };
  server.pool.jobs[0]!.end(new EncodeError("bad-frame", "it is damaged"));
  while (server.pool.jobs.length < 2) await Bun.sleep(1);
  server.pool.jobs[1]!.end();
  expect((await answer).headers.get("x-unique-id")).toBe("1002");
  expect(server.streams.glimpses.map(({ maxAgeMs }) => maxAgeMs)).toEqual([5000, 5000, 0]);
  expect(frames.map(({ holders }) => holders)).toEqual([1, 0]);
});

test.each([
  ["bad-frame", 3, 502],
  ["worker-crashed", 2, 503],
  ["cannot-encode", 1, 503],
] as const)("%s of every frame is told after %d of them", async (code, attempts, status) => {
  using server = serve();
  const frames = await withFrames(server);
  server.pool.quick = false;
  const answer = fetch(`${server.url}/snapshot/CAM`);
  for (let attempt = 0; attempt < attempts; attempt++) {
    while (server.pool.jobs.length <= attempt) await Bun.sleep(1);
    await server.clock.advance(1000);
    server.pool.jobs[attempt]!.end(new EncodeError(code, "it failed"));
  }
  expect((await answer).status).toBe(status);
  expect(server.streams.failures).toHaveLength(attempts);
  // So that all of them together wait for one connect timeout.
  expect(new Set(server.streams.glimpses.map(({ askedAt }) => askedAt)).size).toBe(1);
  expect(frames.map(({ holders }) => holders)).toEqual(Array<number>(attempts).fill(0));
});

test("a client that leaves ends the search for its PV, and nothing is logged", async () => {
  using server = serve();
  server.streams.searching = true;
  const asked = server.streams.asked();
  const client = await RawClient.get(server.port, "/snapshot/CAM");
  await asked;
  client.close();
  await server.streams.left;
  expect(server.errors).toEqual([]);
});

test("a snapshot that waits has a place among the viewers, and gives it back", async () => {
  const access = openAccess({ maxViewersPerAddress: 1 });
  using server = serve({ access });
  server.streams.searching = true;
  const asked = server.streams.asked();
  const client = await RawClient.get(server.port, "/snapshot/CAM");
  await asked;
  const second = await fetch(`${server.url}/snapshot/CAM`);
  expect(second.status).toBe(429);
  expect(await second.json()).toMatchObject({ error: "too-many-viewers-of-address" });
  client.close();
  await server.streams.left;
  server.streams.searching = false;
  await withFrames(server);
  for (let turn = 0; turn < 3; turn++) expect((await fetch(`${server.url}/snapshot/CAM`)).status).toBe(200);
  expect(access.places.taken).toBe(0);
});

test("a snapshot that waits is refused with 401 when its token is taken back", async () => {
  const tokens = new Tokens(parseTokens("alice-token-0123456789"));
  using server = serve({ access: openAccess({ tokens }) });
  server.streams.searching = true;
  const asked = server.streams.asked();
  const answer = fetch(`${server.url}/snapshot/CAM?token=alice-token-0123456789`);
  await asked;
  tokens.replace(parseTokens("bob-token-9876543210"));
  expect((await answer).status).toBe(401);
});

test.each([
  ["CAM:PVA:OUTPUT", 'inline; filename="CAM_PVA_OUTPUT-5.jpg"'],
  ['A"B\\C/../D;x=y', 'inline; filename="A_B_C_.._D_x_y-5.jpg"'],
  ["../../etc/passwd", 'inline; filename="etc_passwd-5.jpg"'],
  [":::", 'inline; filename="snapshot-5.jpg"'],
  ["CAMµ", "inline; filename=\"CAM_-5.jpg\"; filename*=UTF-8''CAM%C2%B5-5.jpg"],
  ["x".repeat(500), `inline; filename="${"x".repeat(100)}-5.jpg"`],
])("the PV %s is saved as %s", (pv, header) => {
  expect(contentDisposition(pv, 5, "jpg")).toBe(header);
});

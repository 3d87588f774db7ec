import { expect, test } from "bun:test";
import { ServiceError } from "../../server/errors.ts";
import { picture } from "./fake-streams.ts";
import { RawClient, unchunked } from "./raw-client.ts";
import { serve } from "./serving.ts";

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156";

test("a program gets parts with Content-Type, then Content-Length, each closed by the next boundary at once", async () => {
  using server = serve();
  const client = await RawClient.get(server.port, "/mjpg/CAM:PVA:OUTPUT");
  const viewer = await server.streams.viewer();
  viewer.show(picture(1));
  await client.until((text) => unchunked(text).split("--frame\r\n").length === 3);
  const [before, part, after] = unchunked(client.text).split("--frame\r\n");
  expect(before).toBe("");
  expect(after).toBe("");
  const [head, jpeg] = part!.split("\r\n\r\n");
  expect(head!.split("\r\n")).toEqual([
    "Content-Type: image/jpeg",
    "Content-Length: 32",
    "X-Timestamp: 1767225600.123456",
    "X-Unique-Id: 1001",
    "X-Range: 0,4095",
    "X-Region: 0,0,8,8",
  ]);
  expect(jpeg).toBe(`${Buffer.from(picture(1).jpeg).toString("latin1")}\r\n`);
  client.close();
});

test("a browser gets the header block of the next part straight after each picture", async () => {
  using server = serve();
  const client = await RawClient.get(server.port, "/mjpg/CAM", BROWSER);
  const viewer = await server.streams.viewer();
  const head = "--frame\r\nContent-Type: image/jpeg\r\n\r\n";
  await client.until((text) => unchunked(text) === head);
  viewer.show(picture(1));
  const jpeg = Buffer.from(picture(1).jpeg).toString("latin1");
  await client.until((text) => unchunked(text) === `${head}${jpeg}\r\n${head}`);
  client.close();
});

test("the query overrides the layout that the user agent suggests", async () => {
  using server = serve();
  const browser = await RawClient.get(server.port, "/mjpg/CAM?parts=length", BROWSER);
  const program = await RawClient.get(server.port, "/mjpg/CAM?parts=advance");
  (await server.streams.viewer(0)).show(picture(1));
  (await server.streams.viewer(1)).show(picture(1));
  await browser.until((text) => text.includes("Content-Length: 32"));
  await program.until((text) => text.includes("\xff\xd9\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n"));
  browser.close();
  program.close();
});

test("the answer's headers forbid caches and buffering proxies and allow any page to show it", async () => {
  using server = serve();
  const response = await fetch(`${server.url}/mjpg/CAM`);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "multipart/x-mixed-replace; boundary=frame",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
  });
  await response.body!.cancel();
});

test("HEAD gets the headers of GET and no body, and keeps no viewer", async () => {
  using server = serve();
  const client = await RawClient.ask(
    server.port,
    "HEAD /mjpg/CAM HTTP/1.1\r\nHost: pc1\r\nConnection: close\r\n\r\n",
  );
  const text = await client.untilClosed();
  expect(text).toStartWith("HTTP/1.1 200 OK\r\n");
  expect(text).toContain("multipart/x-mixed-replace; boundary=frame");
  expect(text.toLowerCase()).not.toContain("content-length");
  expect(text).toEndWith("\r\n\r\n");
  await (
    await server.streams.viewer()
  ).closed;
});

test.each([
  ["pv-not-found", 404, null],
  ["no-image-yet", 503, "2"],
  ["not-an-image", 415, null],
  ["bad-image", 502, "2"],
  ["stopping", 503, "5"],
] as const)(
  "%s is answered with %d as JSON before the first byte, for GET and HEAD",
  async (code, status, retry) => {
    using server = serve();
    server.streams.refusal = new ServiceError(code, "Said why.", { pv: "CAM" });
    const response = await fetch(`${server.url}/mjpg/CAM`);
    expect(response.status).toBe(status);
    expect(response.headers.get("retry-after")).toBe(retry);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toEqual({ error: code, message: "Said why.", pv: "CAM" });
    expect((await fetch(`${server.url}/mjpg/CAM`, { method: "HEAD" })).status).toBe(status);
  },
);

test("a fault of our own is logged, and a 500 that tells nothing of the inside", async () => {
  using server = serve();
  server.streams.refusal = new Error("secret detail");
  const response = await fetch(`${server.url}/mjpg/CAM`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
  expect(server.errors).toHaveLength(1);
});

test("a bad option is answered with 400 naming option, value and what is allowed, and opens nothing", async () => {
  using server = serve();
  const response = await fetch(`${server.url}/mjpg/CAM?quality=150`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: "bad-option",
    pv: "CAM",
    option: "quality",
    value: "150",
    allowed: "a whole number from 1 to 100",
  });
  expect(server.streams.opened).toBeEmpty();
});

test("a wish that the images cannot fulfil is answered with 400 naming it, like one that nobody may have", async () => {
  using server = serve();
  const wish = { option: "plane", value: "7", allowed: "from 0 to 2 for this frame, which has 3" };
  server.streams.refusal = new ServiceError("bad-option", "CAM cannot be shown as asked.", {
    pv: "CAM",
    wish,
  });
  const response = await fetch(`${server.url}/mjpg/CAM?plane=7`);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    error: "bad-option",
    message: "CAM cannot be shown as asked.",
    pv: "CAM",
    ...wish,
  });
});

test("the options of the query reach the registry", async () => {
  using server = serve();
  const client = await RawClient.get(server.port, "/mjpg/A%2FB:C/D?range=0,4095&fps=5&encoder=fast&t=17");
  await server.streams.viewer();
  const { pv, recipe, fps } = server.streams.opened[0]!;
  expect({ pv, recipe, fps }).toEqual({
    pv: "A/B:C/D",
    recipe: {
      range: { kind: "fixed", low: 0, high: 4095 },
      quality: 80,
      subsampling: "420",
      encoder: "fast",
    },
    fps: 5,
  });
  client.close();
});

test("a client that does not read has no queue and gets the newest picture when it reads again", async () => {
  using server = serve();
  const client = await RawClient.get(server.port, "/mjpg/CAM", "curl/8", { reading: false });
  const viewer = await server.streams.viewer();
  const shown = 60;
  for (let sequence = 1; sequence <= shown; sequence++) {
    viewer.show(picture(sequence, 1_000_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const takenWhileStalled = viewer.repeatAfter.length;
  expect(takenWhileStalled).toBeLessThan(30);
  client.resume();
  const last = `X-Unique-Id: ${1000 + shown}\r\n`;
  const text = await client.until((all) => all.includes(last) && all.endsWith("--frame\r\n\r\n"));
  expect(text.split("X-Unique-Id:").length - 1).toBeLessThanOrEqual(takenWhileStalled + 1);
  client.close();
});

test("a client that leaves while the camera is silent closes its viewer at once", async () => {
  using server = serve();
  const client = await RawClient.get(server.port, "/mjpg/CAM");
  const viewer = await server.streams.viewer();
  viewer.show(picture(1));
  await client.until((text) => text.includes("\xff\xd9"));
  const left = performance.now();
  client.close();
  await viewer.closed;
  // Measured 1 ms; the allowance is for a busy machine.
  expect(performance.now() - left).toBeLessThan(200);
});

test("a client that leaves while a picture waits for it to read leaves nothing running", async () => {
  using server = serve();
  const client = await RawClient.get(server.port, "/mjpg/CAM", "curl/8", { reading: false });
  const viewer = await server.streams.viewer();
  viewer.show(picture(1, 64_000_000));
  await new Promise((resolve) => setImmediate(resolve));
  expect(viewer.repeatAfter).toHaveLength(1);
  client.close();
  await viewer.closed;
  await server.http.ended();
});

test("a client that leaves while its PV is still looked for ends the search", async () => {
  using server = serve();
  server.streams.searching = true;
  const asked = server.streams.asked();
  const client = await RawClient.get(server.port, "/mjpg/CAM");
  await asked;
  client.close();
  await server.streams.left;
  expect(server.errors).toBeEmpty();
});

test("a program gets the last picture once more after 200 ms, and each client at least every 5 s", async () => {
  using server = serve();
  const program = await RawClient.get(server.port, "/mjpg/CAM");
  const browser = await RawClient.get(server.port, "/mjpg/CAM", BROWSER);
  const ofProgram = await server.streams.viewer(0);
  const ofBrowser = await server.streams.viewer(1);
  const jpegs = (count: number) => (text: string) => text.split("\xff\xd9").length - 1 === count;
  for (const viewer of [ofProgram, ofBrowser]) viewer.show(picture(1));
  await program.until(jpegs(1));
  await browser.until(jpegs(1));
  for (const viewer of [ofProgram, ofBrowser]) viewer.repeat();
  await program.until(jpegs(2));
  await browser.until(jpegs(2));
  ofProgram.show(picture(2));
  await program.until(jpegs(3));
  expect(ofProgram.repeatAfter).toEqual([4500, 200, 4500, 200]);
  expect(ofBrowser.repeatAfter).toEqual([4500, 4500, 4500]);
  program.close();
  browser.close();
});

test("a stream that is ended ends with a whole part and a whole body", async () => {
  using server = serve();
  const client = await RawClient.get(server.port, "/mjpg/CAM");
  const viewer = await server.streams.viewer();
  viewer.show(picture(1));
  await client.until((text) => text.includes("\xff\xd9"));
  viewer.close();
  await server.http.ended();
  const text = await client.until((all) => all.endsWith("0\r\n\r\n"));
  expect(unchunked(text)).toEndWith("\xff\xd9\r\n--frame\r\n");
  client.close();
});

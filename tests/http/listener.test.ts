import { expect, test } from "bun:test";
import { createHttp, listen, type Listener } from "../../server/http/index.ts";
import { silentLog } from "../../server/log.ts";
import { idleService } from "../support/idle-service.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { openAccess } from "../support/open-access.ts";
import { VIEWER_PAGE } from "../support/viewer-page.ts";
import { fakeSnapshots } from "./fake-snapshots.ts";
import { FakeStreams, picture } from "./fake-streams.ts";
import { RawClient, unchunked } from "./raw-client.ts";

function start(port = 0): { listener: Listener; streams: FakeStreams; clock: ManualClock } {
  const streams = new FakeStreams();
  const clock = new ManualClock();
  const http = createHttp({
    streams,
    access: openAccess(),
    service: idleService(),
    snapshots: fakeSnapshots(),
    defaults: {},
    page: VIEWER_PAGE,
    viewer: { simulated: [] },
    clock,
    log: silentLog,
  });
  const listener = listen(http, {
    host: "127.0.0.1",
    port,
    longestWaitMs: 3000,
    clock,
    log: silentLog,
  });
  return { listener, streams, clock };
}

test("a port that is in use is the system's EADDRINUSE, not a share of its connections", async () => {
  const { listener } = start();
  let code: unknown;
  try {
    start(listener.port);
  } catch (error) {
    code = (error as { code?: unknown }).code;
  }
  expect(code).toBe("EADDRINUSE");
  await listener.close(Promise.resolve());
});

test("a stop ends streams at a whole part and closes their connections without waiting for the patience", async () => {
  const { listener, streams, clock } = start();
  const client = await RawClient.get(listener.port, "/mjpg/CAM");
  const viewer = await streams.viewer();
  viewer.show(picture(1));
  await client.until((text) => text.includes("\xff\xd9"));
  const closed = listener.close(Promise.resolve());
  viewer.close();
  await closed;
  const text = await client.untilClosed();
  expect(text).toEndWith("0\r\n\r\n");
  expect(unchunked(text)).toEndWith("\xff\xd9\r\n--frame\r\n");
  expect(clock.pending).toBe(0);
});

test("a stop takes no new connections", async () => {
  const { listener } = start();
  await listener.close(Promise.resolve());
  const refused = await fetch(`http://127.0.0.1:${listener.port}/healthz`).catch(() => "refused");
  expect(refused).toBe("refused");
});

test("a client that does not read holds a stop up for half a second and no longer", async () => {
  const { listener, streams, clock } = start();
  const client = await RawClient.get(listener.port, "/mjpg/CAM", "curl/8", { reading: false });
  const viewer = await streams.viewer();
  // More than kernels buffer on both sides of a connection.
  viewer.show(picture(1, 64_000_000));
  await new Promise((resolve) => setImmediate(resolve));
  let closed = false;
  const closing = listener.close(Promise.resolve()).then(() => (closed = true));
  viewer.close();
  await clock.advance(499);
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  await clock.advance(1);
  await closing;
  client.close();
});

const CRLF = "\r\n";

test.each([
  ["a path of 20,000 bytes", `GET /${"a".repeat(20_000)} HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`, "431"],
  [
    "a header of 20,000 bytes",
    `GET / HTTP/1.1${CRLF}Host: x${CRLF}A: ${"a".repeat(20_000)}${CRLF}${CRLF}`,
    "431",
  ],
  ["500 headers", `GET / HTTP/1.1${CRLF}Host: x${CRLF}${`A: b${CRLF}`.repeat(500)}${CRLF}`, "431"],
  ["a body of 10 MB", `POST / HTTP/1.1${CRLF}Host: x${CRLF}Content-Length: 10000000${CRLF}${CRLF}`, "413"],
  ["words", `HELLO${CRLF}${CRLF}`, "400"],
  ["a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400"],
  ["HTTP/9.9", `GET / HTTP/9.9${CRLF}Host: x${CRLF}${CRLF}`, "505"],
  [
    "two lengths",
    `POST / HTTP/1.1${CRLF}Host: x${CRLF}Content-Length: 5${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}`,
    "400",
  ],
])("%s is answered with an error, and the connection closed", async (_, request, status) => {
  const { listener } = start();
  const client = await RawClient.ask(listener.port, request);
  expect(await client.untilClosed()).toStartWith(`HTTP/1.1 ${status} `);
  expect((await fetch(`http://127.0.0.1:${listener.port}/healthz`)).status).toBe(200);
  await listener.close(Promise.resolve());
});

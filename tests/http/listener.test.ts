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

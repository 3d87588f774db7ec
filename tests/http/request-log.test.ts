import { expect, test } from "bun:test";
import { RequestLog } from "../../server/http/request-log.ts";
import { silentLog } from "../../server/log.ts";
import { ManualClock } from "../support/manual-clock.ts";

function stage(): { clock: ManualClock; lines: string[]; requests: RequestLog } {
  const clock = new ManualClock();
  const lines: string[] = [];
  const debug = (message: string, properties: Record<string, unknown> = {}): void =>
    void lines.push(message.replace(/\{(\w+)\}/gu, (_, name: string) => String(properties[name])));
  return { clock, lines, requests: new RequestLog(clock, { ...silentLog, debug }) };
}

test("a request is one line of debug when it is answered, without its query", async () => {
  const { clock, lines, requests } = stage();
  const { promise, resolve } = Promise.withResolvers<Response>();
  const request = new Request("http://host/mjpg/CAM:1?token=secret&fps=5");
  const following = requests.follow(request, "192.0.2.7", promise);
  await clock.advance(12);
  expect(lines).toEqual([]);
  resolve(new Response(null, { status: 404 }));
  await following;
  expect(lines).toEqual(["GET /mjpg/CAM:1 404 to 192.0.2.7 after 12 ms"]);
});

test("a request that became a WebSocket counts as 101", async () => {
  const { lines, requests } = stage();
  await requests.follow(new Request("http://host/ws/mjpg/CAM"), "192.0.2.7", undefined);
  expect(lines).toEqual(["GET /ws/mjpg/CAM 101 to 192.0.2.7 after 0 ms"]);
  expect([...requests.counts]).toEqual([{ route: "/ws/mjpg/", status: 101, count: 1 }]);
});

test("whatever paths are tried, there are no more counts than routes and statuses", async () => {
  const { requests } = stage();
  for (let path = 0; path < 1000; path++) {
    await requests.follow(
      new Request(`http://host/${path}`),
      "192.0.2.7",
      new Response(null, { status: 404 }),
    );
    await requests.follow(
      new Request(`http://host/mjpg/${path}`),
      "192.0.2.7",
      new Response(null, { status: 404 }),
    );
  }
  expect([...requests.counts]).toEqual([
    { route: "other", status: 404, count: 1000 },
    { route: "/mjpg/", status: 404, count: 1000 },
  ]);
});

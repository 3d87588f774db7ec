import { expect, test } from "bun:test";
import { idleService } from "../support/idle-service.ts";
import { parseExposition } from "../support/prometheus.ts";
import { serve } from "./serving.ts";

const READY = { ready: true, reasons: [] };

test("/readyz is 200 while there are workers, busy or not", async () => {
  const report = { workers: 1, busy: 1, jobs: 1, failures: 0, crashes: 0 };
  for (const encoder of [idleService().encoder, { idle: 0, report }]) {
    using server = serve({ service: { ...idleService(), encoder } });
    const response = await fetch(`${server.url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(READY);
  }
});

test("/readyz is 503 with the reason when no worker is there, and /healthz is not", async () => {
  const encoder = { idle: 0, report: { workers: 2, busy: 0, jobs: 1, failures: 1, crashes: 2 } };
  using server = serve({ service: { ...idleService(), encoder } });
  const response = await fetch(`${server.url}/readyz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ ready: false, reasons: ["No worker that could encode is there."] });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

test("/readyz is 503 once the streams are to end", async () => {
  using server = serve();
  await server.http.ended();
  const response = await fetch(`${server.url}/readyz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ ready: false, reasons: ["The server is stopping."] });
});

test("/readyz is 200 though a camera is dead", async () => {
  using server = serve();
  server.streams.searching = true;
  const leave = new AbortController();
  const waiting = fetch(`${server.url}/mjpg/DEAD`, { signal: leave.signal }).catch(() => undefined);
  await server.streams.asked();
  expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual(READY);
  leave.abort();
  await waiting;
});

test("/metrics counts requests and refusals of the service, a refusal once, and its own scrapes", async () => {
  using server = serve();
  for (const path of ["/nothing", "/mjpg/CAM?fps=x", "/mjpg/CAM?fps=y", "/api/streams/CAM", "/metrics"]) {
    await (await fetch(`${server.url}${path}`)).text();
  }
  const metrics = parseExposition(await (await fetch(`${server.url}/metrics`)).text());
  const refused = metrics
    .all("pva_to_video_refusals_total")
    .map(({ labels, value }) => [labels.get("code"), value]);
  expect(Object.fromEntries(refused)).toEqual({ "unknown-route": 1, "bad-option": 2, "pv-not-found": 1 });
  const count = (route: string, status: string): number =>
    metrics.value("pva_to_video_http_requests_total", { route, status });
  expect(count("/mjpg/", "400")).toBe(2);
  expect(count("other", "404")).toBe(1);
  expect(count("/api/streams", "404")).toBe(1);
  expect(count("/metrics", "200")).toBe(1);
});

import { beforeEach, describe, expect, test } from "bun:test";
import { metricsRoute } from "../../server/http/metrics.ts";
import { RefusalCounts } from "../../server/http/refusal-counts.ts";
import { RequestLog } from "../../server/http/request-log.ts";
import { Slices } from "../../server/http/slices.ts";
import { silentLog } from "../../server/log.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { type Exposition, parseExposition } from "../support/prometheus.ts";
import { idleService } from "../support/idle-service.ts";
import { Stage } from "../stream/stage.ts";

const FATES = ["overrun", "skipped", "paced", "slow", "failed"] as const;

let stage: Stage;
let refusals: RefusalCounts;
let requests: RequestLog;
beforeEach(() => {
  stage = new Stage();
  refusals = new RefusalCounts();
  requests = new RequestLog(stage.clock, silentLog);
});

/** What a scrape finds now. */
async function scrape(service = idleService()): Promise<Exposition> {
  const routes = metricsRoute(
    { service, streams: stage.registry, refusals, requests },
    new Slices(stage.clock),
  );
  const response = await routes.handle(new Request("http://localhost/metrics"));
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return parseExposition(await response.text());
}

function lost(metrics: Exposition, name = "pva_to_video_frames_lost_total"): number {
  return FATES.filter((fate) => fate !== "overrun").reduce(
    (sum, fate) => sum + metrics.value(name, { fate }),
    0,
  );
}

describe("after a run whose frames are counted", () => {
  /** 200 frames at 100 Hz to a viewer of 30 fps; each tenth cannot be encoded, and 7 were lost before they came. */
  async function run(): Promise<void> {
    stage.encoder.duration = () => 4;
    stage.encoder.failure = ({ frame }) => (frame.sequence % 10 === 0 ? new Error("broken") : undefined);
    const { viewer, taken } = stage.follow(await opened());
    for (let frame = 2; frame <= 200; frame++) {
      stage.source().publish({ missed: frame === 100 ? 7 : 0 });
      await stage.advance(10);
    }
    for (const { picture } of taken) viewer.sent(picture, 1000);
    viewer.close();
    await stage.advance(100);
  }

  async function opened(): ReturnType<Stage["watch"]> {
    const opening = stage.registry.open("CAM", DEFAULT_RECIPE);
    stage.source().connect();
    stage.source().publish();
    await stage.advance(10);
    return opening;
  }

  test("each frame that came in was encoded, lost under one name, or is the newest", async () => {
    await run();
    const metrics = await scrape();
    expect(metrics.value("pva_to_video_frames_received_total")).toBe(200);
    const encoded = metrics.value("pva_to_video_frames_encoded_total");
    expect(encoded + lost(metrics)).toBe(199);
    expect(metrics.value("pva_to_video_frames_lost_total", { fate: "overrun" })).toBe(7);
    expect(metrics.value("pva_to_video_frames_lost_total", { fate: "paced" })).toBeGreaterThan(100);
    expect(metrics.value("pva_to_video_frames_lost_total", { fate: "failed" })).toBeGreaterThan(0);
    expect(metrics.value("pva_to_video_encode_seconds_count")).toBe(encoded);
    expect(metrics.value("pva_to_video_encode_seconds_sum")).toBeCloseTo(encoded * 0.004, 9);
  });

  test("pictures and bytes are those that sockets took, each with its age", async () => {
    await run();
    const metrics = await scrape();
    const pictures = metrics.value("pva_to_video_pictures_sent_total");
    expect(pictures).toBeGreaterThan(40);
    expect(metrics.value("pva_to_video_sent_bytes_total")).toBe(1000 * pictures);
    for (const name of ["pva_to_video_picture_age_seconds", "pva_to_video_picture_handling_seconds"]) {
      expect(metrics.value(`${name}_count`)).toBe(pictures);
      expect(metrics.value(`${name}_bucket`, { le: "+Inf" })).toBe(pictures);
    }
  });

  test("no total falls when the stream closes, and its own series are gone", async () => {
    await run();
    const before = await scrape();
    const own = "pva_to_video_stream_frames_received_total";
    expect(before.value(own, { pv: "CAM" })).toBe(200);
    await stage.advance(61_000);
    const after = await scrape();
    expect(stage.registry.list()).toEqual([]);
    expect(after.all(own)).toEqual([]);
    for (const { name, labels, value } of before.series) {
      if (labels.has("pv") || !/_(total|count|sum|bucket)$/u.test(name)) continue;
      expect(after.value(name, Object.fromEntries(labels))).toBeGreaterThanOrEqual(value);
    }
    // The newest frame has come to its end as well.
    expect(after.value("pva_to_video_frames_encoded_total") + lost(after)).toBe(200);
  });
});

test("what is there now is told by state and by door, in zeros too", async () => {
  const empty = await scrape();
  expect(empty.all("pva_to_video_streams").map(({ value }) => value)).toEqual([0, 0, 0, 0, 0]);
  expect(empty.value("pva_to_video_clients", { kind: "ws" })).toBe(0);
  await stage.watch({ pv: "A" });
  await stage.watch({ pv: "A", recipe: { ...DEFAULT_RECIPE, quality: 50 } });
  const leaving = await stage.watch({ pv: "B" });
  leaving.close();
  await stage.advance(0);
  const metrics = await scrape();
  expect(metrics.value("pva_to_video_streams", { state: "live" })).toBe(1);
  expect(metrics.value("pva_to_video_streams", { state: "lingering" })).toBe(1);
  expect(metrics.value("pva_to_video_renditions")).toBe(2);
  expect(metrics.value("pva_to_video_stream_viewers", { pv: "A" })).toBe(2);
  expect(metrics.value("pva_to_video_stream_live", { pv: "A" })).toBe(1);
  expect(metrics.value("pva_to_video_stream_live", { pv: "B" })).toBe(0);
  expect(metrics.value("pva_to_video_viewers_opened_total")).toBe(3);
});

test("two hundred cameras have series of their own, and of the others it is told how many they are", async () => {
  for (let camera = 1; camera <= 230; camera++) await stage.watch({ pv: `CAM${camera}` });
  const metrics = await scrape();
  const named = new Set(metrics.series.flatMap(({ labels }) => labels.get("pv") ?? []));
  expect([...named]).toEqual(Array.from({ length: 200 }, (_, place) => `CAM${place + 1}`));
  expect(metrics.value("pva_to_video_streams_untold")).toBe(30);
  expect(metrics.value("pva_to_video_frames_received_total")).toBe(230);
});

test("a PV whose name is made to break the text is one label of one series", async () => {
  const pv = 'CAM"} 1\npva_to_video_forged 1\\';
  await stage.watch({ pv });
  const metrics = await scrape();
  expect(metrics.value("pva_to_video_stream_viewers", { pv })).toBe(1);
  expect(metrics.all("pva_to_video_forged")).toEqual([]);
});

test("refusals, requests, workers and connections are told as they were counted elsewhere", async () => {
  refusals.note("pv-not-found");
  refusals.note("pv-not-found");
  refusals.note("bad-option");
  const asked = new Request("http://localhost/mjpg/CAM?fps=1");
  await requests.follow(asked, "127.0.0.1", new Response(null, { status: 404 }));
  const connection = {
    messagesReceived: 1,
    channels: 1,
    operations: 1,
    bytesSent: 2,
    server: "10.0.0.7:5075",
  };
  const metrics = await scrape({
    ...idleService(),
    encoder: { idle: 1, report: { workers: 4, busy: 3, jobs: 100, failures: 5, crashes: 2 } },
    pva: {
      statistics: {
        channels: 6,
        searches: 70,
        connections: [
          { ...connection, ready: true, bytesReceived: 10 },
          { ...connection, ready: false, bytesReceived: 0 },
        ],
        totals: { opened: 9, bytesReceived: 12_345, bytesSent: 678, messagesReceived: 90 },
      },
    },
    places: { taken: 12 },
    memory: { used: 3e6, bytes: 8e6 },
  });
  const values = Object.fromEntries(
    metrics.series.map(({ name, labels, value }) => [[name, ...labels.values()].join(" "), value]),
  );
  expect(values).toMatchObject({
    "pva_to_video_refusals_total pv-not-found": 2,
    "pva_to_video_refusals_total bad-option": 1,
    "pva_to_video_http_requests_total /mjpg/ 404": 1,
    pva_to_video_workers: 4,
    pva_to_video_workers_busy: 3,
    pva_to_video_jobs_total: 100,
    pva_to_video_job_failures_total: 5,
    pva_to_video_worker_crashes_total: 2,
    pva_to_video_pva_channels: 6,
    pva_to_video_pva_searches_total: 70,
    "pva_to_video_pva_connections ready": 1,
    "pva_to_video_pva_connections connecting": 1,
    pva_to_video_pva_connections_opened_total: 9,
    pva_to_video_pva_received_bytes_total: 12_345,
    pva_to_video_pva_sent_bytes_total: 678,
    pva_to_video_pva_messages_received_total: 90,
    pva_to_video_places_taken: 12,
    pva_to_video_image_memory_bytes: 3e6,
    pva_to_video_image_memory_limit_bytes: 8e6,
  });
});

test("names tell units and counters as Prometheus wants it, and each has a sentence of help", async () => {
  await stage.watch({ pv: "CAM" });
  const { types, helps } = await scrape();
  for (const [name, type] of types) {
    expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
    expect(name).toMatch(/^(pva_to_video|process)_[a-z_]+$/u);
    expect(helps.get(name)).toMatch(/^(1;|[A-Z]).*\.$|^1 while/u);
  }
});

test("the table of the README has every metric that there is, and no other", async () => {
  const readme = await Bun.file(new URL("../../server/http/README.md", import.meta.url)).text();
  const rows = readme.split("\n").filter((line) => line.startsWith("|"));
  const named = rows.flatMap((row) => row.match(/(?<=`)(pva_to_video|process)_\w+(?=`)/gu) ?? []);
  expect(named.sort()).toEqual([...(await scrape()).types.keys()].sort());
});

test("the process tells its memory, its time and the version that runs", async () => {
  const metrics = await scrape();
  expect(metrics.value("process_resident_memory_bytes")).toBeGreaterThan(10e6);
  expect(metrics.value("process_cpu_seconds_total")).toBeGreaterThan(0);
  expect(
    Math.abs(metrics.value("process_start_time_seconds") + process.uptime() - Date.now() / 1000),
  ).toBeLessThan(1);
  expect(metrics.value("pva_to_video_build_info", { version: "1.2.3" })).toBe(1);
});

import { Elysia } from "elysia";
import type { EncoderPool } from "../encode/index.ts";
import type { PvaClientStatistics } from "../pva/index.ts";
import type { StreamReport, Streams } from "../stream/index.ts";
import { COMMON_HEADERS } from "./answer.ts";
import type { EventLoopLag } from "./metrics-lag.ts";
import { processFamilies } from "./metrics-process.ts";
import { boundFamilies, type Bounds, pvaFamilies, workerFamilies } from "./metrics-rooms.ts";
import { streamFamilies } from "./metrics-streams.ts";
import { labelled, type MetricFamily, METRICS_TYPE, familyText } from "./metrics-text.ts";
import type { RefusalCounts } from "./refusal-counts.ts";
import type { RequestLog } from "./request-log.ts";
import type { Slices } from "./slices.ts";

/** What the service knows of itself besides its streams. */
export interface ServiceFacts extends Bounds {
  readonly version: string;
  readonly encoder: Pick<EncoderPool, "report" | "idle">;
  readonly pva: { readonly statistics: PvaClientStatistics };
  readonly lag: EventLoopLag;
}

/** Where the numbers come from; each is asked when it is to be told, and nothing is counted for it elsewhere. */
export interface MetricSources {
  readonly service: ServiceFacts;
  readonly streams: Pick<Streams, "pvs" | "report" | "totals">;
  readonly refusals: Pick<RefusalCounts, "counts">;
  readonly requests: Pick<RequestLog, "counts">;
}

/** `GET /metrics`: how the service does, for Prometheus. */
export function metricsRoute(sources: MetricSources, slices: Slices) {
  const headers = { ...COMMON_HEADERS, "Content-Type": METRICS_TYPE };
  return new Elysia({ name: "metrics" }).get("/metrics", async () => {
    const { streams } = sources;
    const reports: StreamReport[] = [];
    await slices.each(streams.pvs(), (pv) => {
      const report = streams.report(pv);
      if (report !== undefined) reports.push(report);
    });
    const texts: string[] = [];
    await slices.each(metricFamilies(sources, reports), (family) => void texts.push(familyText(family)));
    return new Response(texts.join(""), { headers });
  });
}

function* metricFamilies(
  { service, streams, refusals, requests }: MetricSources,
  reports: readonly StreamReport[],
): Iterable<MetricFamily> {
  yield* streamFamilies(streams.totals, reports);
  yield* workerFamilies(service.encoder.report);
  yield* pvaFamilies(service.pva.statistics);
  yield* boundFamilies(service);
  yield {
    name: "pva_to_video_http_requests_total",
    help: "Requests answered, by the beginning of their path and the status; 101 became a WebSocket.",
    type: "counter",
    samples: Array.from(requests.counts, ({ route, status, count }) => ({
      value: count,
      labels: { route, status: String(status) },
    })),
  };
  yield labelled(
    "counter",
    "pva_to_video_refusals_total",
    "Requests refused, by the code of the answer.",
    "code",
    refusals.counts,
  );
  yield* processFamilies(service.lag, service.version);
}

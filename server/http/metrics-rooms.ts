import type { EncoderReport } from "../encode/index.ts";
import type { PvaClientStatistics } from "../pva/index.ts";
import { labelled, type MetricFamily, single } from "./metrics-text.ts";

/** The workers that encode. */
export function workerFamilies({ workers, busy, jobs, failures, crashes }: EncoderReport): MetricFamily[] {
  return [
    single("gauge", "pva_to_video_workers", "Worker threads that there are to be.", workers),
    single("gauge", "pva_to_video_workers_busy", "Worker threads at work now.", busy),
    single(
      "counter",
      "pva_to_video_jobs_total",
      "Jobs that workers began: pictures, placeholders and files.",
      jobs,
    ),
    single("counter", "pva_to_video_job_failures_total", "Jobs that ended without a result.", failures),
    single("counter", "pva_to_video_worker_crashes_total", "Workers that were lost and replaced.", crashes),
  ];
}

/** The way to the cameras' servers. */
export function pvaFamilies({
  channels,
  searches,
  connections,
  totals,
}: PvaClientStatistics): MetricFamily[] {
  const ready = connections.filter((connection) => connection.ready).length;
  const states = [
    ["ready", ready],
    ["connecting", connections.length - ready],
  ] as const;
  return [
    single("gauge", "pva_to_video_pva_channels", "PVs that are sought or connected.", channels),
    labelled("gauge", "pva_to_video_pva_connections", "Connections to PVA servers.", "state", states),
    single(
      "counter",
      "pva_to_video_pva_connections_opened_total",
      "Connections begun, also those to servers that were not there.",
      totals.opened,
    ),
    single(
      "counter",
      "pva_to_video_pva_received_bytes_total",
      "Bytes that PVA servers sent.",
      totals.bytesReceived,
    ),
    single("counter", "pva_to_video_pva_sent_bytes_total", "Bytes sent to PVA servers.", totals.bytesSent),
    single(
      "counter",
      "pva_to_video_pva_messages_received_total",
      "Messages that PVA servers sent.",
      totals.messagesReceived,
    ),
    single(
      "counter",
      "pva_to_video_pva_searches_total",
      "Names asked for on the network, each time counted.",
      searches,
    ),
  ];
}

/** What settings bound. */
export interface Bounds {
  /** Viewers, as `--max-viewers` counts them. */
  readonly places: { readonly taken: number };
  /** Bytes for the images of cameras: those in use, and those that `--memory` lets be. */
  readonly memory: { readonly used: number; readonly bytes: number };
}

/** How much is taken of what settings bound. */
export function boundFamilies({ places, memory }: Bounds): MetricFamily[] {
  return [
    single(
      "gauge",
      "pva_to_video_places_taken",
      "Streams, sockets and waiting snapshots, as --max-viewers counts them.",
      places.taken,
    ),
    single("gauge", "pva_to_video_image_memory_bytes", "Memory for images of cameras.", memory.used),
    single(
      "gauge",
      "pva_to_video_image_memory_limit_bytes",
      "Most of that memory that there may be (--memory).",
      memory.bytes,
    ),
  ];
}

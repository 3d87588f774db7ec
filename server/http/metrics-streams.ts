import type { StreamReport, StreamTotals } from "../stream/index.ts";
import { durations } from "./metrics-histogram.ts";
import { labelled, type MetricFamily, type Sample, single } from "./metrics-text.ts";

/** Cameras that have series of their own; each has 12. A database keeps every name that it has ever seen. */
const MOST_PVS = 200;
/** Doors that viewers come through, told of also while nobody does. */
const DOORS = ["mjpg", "ws", "views"] as const;
/** States that a stream that is listed can be in. */
const STATES = ["connecting", "live", "stalled", "disconnected", "lingering"] as const;

/** What streams do: totals since the start of the service, which never fall, and what is there now. */
export function* streamFamilies(
  totals: StreamTotals,
  reports: readonly StreamReport[],
): Iterable<MetricFamily> {
  yield* sinceStart(totals);
  yield* now(reports);
  yield* ofEach(reports);
}

function sinceStart(totals: StreamTotals): MetricFamily[] {
  return [
    single(
      "counter",
      "pva_to_video_streams_opened_total",
      "Streams opened; one camera has one stream at a time.",
      totals.streams,
    ),
    single(
      "counter",
      "pva_to_video_viewers_opened_total",
      "Viewers that came, also those that waited in vain for a first picture.",
      totals.viewers,
    ),
    single(
      "counter",
      "pva_to_video_frames_received_total",
      "Frames that came in from cameras.",
      totals.framesIn,
    ),
    single(
      "counter",
      "pva_to_video_frames_encoded_total",
      "Frames that became a picture for at least one viewer, or were handed on raw.",
      totals.framesEncoded,
    ),
    labelled(
      "counter",
      "pva_to_video_frames_lost_total",
      "Frames that became no picture, each counted once, by why: overrun (did not even come in), skipped (a newer one came first, or nobody watched), paced (no viewer was to have one yet), slow (the network), failed (could not be decoded or encoded).",
      "fate",
      Object.entries(totals.drops),
    ),
    single(
      "counter",
      "pva_to_video_pictures_sent_total",
      "Pictures that viewers' sockets took, each as often as it was sent; repeats and placeholders are not counted.",
      totals.pictures,
    ),
    single(
      "counter",
      "pva_to_video_sent_bytes_total",
      "Bytes of pictures that viewers' sockets took.",
      totals.bytesOut,
    ),
    durations(
      "pva_to_video_picture_age_seconds",
      "Age of pictures when a socket took them, by the time stamp of the IOC; by their arrival where that cannot be right.",
      totals.latency,
    ),
    durations(
      "pva_to_video_picture_handling_seconds",
      "Time from the arrival of a frame until a socket took its picture.",
      totals.handling,
    ),
    durations("pva_to_video_encode_seconds", "Time that a worker took to encode a frame.", totals.encodeMs),
  ];
}

function now(reports: readonly StreamReport[]): MetricFamily[] {
  const clients = new Map<string, number>(DOORS.map((door) => [door, 0]));
  const states = new Map<string, number>(STATES.map((state) => [state, 0]));
  for (const { state, clients: watching } of reports) {
    states.set(state, (states.get(state) ?? 0) + 1);
    for (const { kind = "other" } of watching) clients.set(kind, (clients.get(kind) ?? 0) + 1);
  }
  const renditions = reports.reduce((sum, report) => sum + report.renditions.length, 0);
  return [
    labelled("gauge", "pva_to_video_clients", "Viewers now, by the door they came through.", "kind", clients),
    labelled("gauge", "pva_to_video_streams", "Streams now, by state.", "state", states),
    single(
      "gauge",
      "pva_to_video_renditions",
      "Ways in which streams are drawn now; viewers who wish the same share one.",
      renditions,
    ),
  ];
}

/** The streams that are open now, those that were opened first if there are too many. */
function* ofEach(reports: readonly StreamReport[]): Iterable<MetricFamily> {
  const told = reports.slice(0, MOST_PVS);
  const each = (value: (report: StreamReport) => number): [string, number][] =>
    told.map((report) => [report.pv, value(report)]);
  const lost = told.flatMap(({ pv, drops }) =>
    Object.entries(drops).map(([fate, value]): Sample => ({ value, labels: { pv, fate } })),
  );
  yield labelled(
    "gauge",
    "pva_to_video_stream_live",
    "1 while images of this PV are coming.",
    "pv",
    each(({ state }) => (state === "live" ? 1 : 0)),
  );
  yield labelled(
    "gauge",
    "pva_to_video_stream_viewers",
    "Viewers of this PV now.",
    "pv",
    each(({ viewers }) => viewers),
  );
  yield labelled(
    "counter",
    "pva_to_video_stream_frames_received_total",
    "Frames of this PV that came in since its stream was opened.",
    "pv",
    each(({ framesIn }) => framesIn),
  );
  yield labelled(
    "counter",
    "pva_to_video_stream_frames_encoded_total",
    "Those that became a picture.",
    "pv",
    each(({ framesEncoded }) => framesEncoded),
  );
  yield {
    name: "pva_to_video_stream_frames_lost_total",
    help: "Those that did not, by why.",
    type: "counter",
    samples: lost,
  };
  yield labelled(
    "counter",
    "pva_to_video_stream_sent_bytes_total",
    "Bytes of its pictures that viewers' sockets took.",
    "pv",
    each(({ bytesOut }) => bytesOut),
  );
  yield labelled(
    "gauge",
    "pva_to_video_stream_opened_timestamp_seconds",
    "When its stream was opened.",
    "pv",
    each(({ openedAt }) => openedAt / 1000),
  );
  yield single(
    "gauge",
    "pva_to_video_streams_untold",
    `Streams without series of their own, because there are more than ${MOST_PVS}.`,
    reports.length - told.length,
  );
}

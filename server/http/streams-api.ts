import { Elysia } from "elysia";
import type { Percentiles, RenditionReport, StreamReport, Streams, ViewerReport } from "../stream/index.ts";
import { addressOf } from "./address.ts";
import { jsonAnswer, jsonTextAnswer } from "./answer.ts";
import { parsePvName } from "./pv-name.ts";
import { Refusal } from "./refusal.ts";
import type { Slices } from "./slices.ts";
import type {
  ImageWords,
  PercentileWords,
  RenditionWords,
  StreamWords,
  ViewerWords,
} from "./streams-words.ts";

const PREFIX = "/api/streams/";

/**
 * `GET /api/streams` and `/api/streams/<PV>`: what the streams do now. Asking for one that is not there opens none and
 * sends no search: 404. Of many streams each is told as it is when its turn comes (StreamsWords).
 */
export function streamsRoutes(streams: Pick<Streams, "pvs" | "report">, slices: Slices) {
  return new Elysia({ name: "streams" })
    .get("/api/streams", async () => {
      const told: string[] = [];
      await slices.each(streams.pvs(), (pv) => {
        const report = streams.report(pv);
        if (report !== undefined) told.push(JSON.stringify(inWords(report)));
      });
      return jsonTextAnswer(`{"streams":[${told.join(",")}]}`);
    })
    .get(`${PREFIX}*`, ({ request }) => {
      const pv = parsePvName(addressOf(request).path.slice(PREFIX.length));
      const report = streams.report(pv);
      if (report === undefined) throw notOpen(pv);
      return jsonAnswer(inWords(report));
    });
}

function notOpen(pv: string): Refusal {
  return new Refusal(
    "pv-not-found",
    `Nobody watches ${pv} here, nor did lately; asking does not look for it.`,
    { pv },
  );
}

function inWords(report: StreamReport): StreamWords {
  const { pv, state, reason, latency, encodeMs } = report;
  return {
    pv,
    state,
    reason,
    openedAt: timeOf(report.openedAt),
    ...imageOf(report),
    fps: {
      camera: tenths(report.cameraFps),
      encoded: tenths(report.encodedFps),
      sent: tenths(report.outFps),
    },
    frames: { received: report.framesIn, encoded: report.framesEncoded, lost: report.drops },
    sentBytes: report.bytesOut,
    ...(latency && { latencyMs: percentiles(latency) }),
    ...(encodeMs && { encodeMs: percentiles(encodeMs) }),
    renditions: report.renditions.map(renditionInWords),
    viewers: report.clients.map(viewerInWords),
  };
}

function imageOf(report: StreamReport): { image?: ImageWords } {
  const { width, height, sampleType, colourMode, codec, planes, bayer, reverseX, reverseY } = report;
  if (width === undefined || height === undefined || sampleType === undefined || colourMode === undefined)
    return {};
  return {
    image: {
      width,
      height,
      sampleType,
      colourMode,
      codec: codec ?? "none",
      ...(planes !== undefined && { planes }),
      ...(bayer !== undefined && { bayer }),
      ...(reverseX !== undefined && { reverseX }),
      ...(reverseY !== undefined && { reverseY }),
    },
  };
}

function renditionInWords(rendition: RenditionReport): RenditionWords {
  const { recipe, viewers, encodedFps, encoder, encoderWhy, picture, failure } = rendition;
  return {
    options: recipe,
    viewers,
    fps: tenths(encodedFps),
    ...(encoder !== undefined && { encoder }),
    ...(encoderWhy !== undefined && { encoderWhy }),
    ...(picture && {
      width: picture.width,
      height: picture.height,
      range: picture.range,
      issues: picture.issues,
    }),
    ...(failure !== undefined && { failure }),
  };
}

/** Not its address: see ViewerWords. */
function viewerInWords({
  id,
  kind,
  openedAt,
  fps,
  outFps,
  pictures,
  bytesOut,
  drops,
}: ViewerReport): ViewerWords {
  return {
    id,
    ...(kind !== undefined && { kind }),
    openedAt: timeOf(openedAt),
    maxFps: tenths(fps),
    fps: tenths(outFps),
    pictures,
    sentBytes: bytesOut,
    lost: drops,
  };
}

function percentiles({ p50, p90, p99 }: Percentiles): PercentileWords {
  return { p50: tenths(p50), p90: tenths(p90), p99: tenths(p99) };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

import type { Schema } from "./openapi-options.ts";
import { REFUSAL_CODES } from "./refusal.ts";

const text = { type: "string" } as const;
const number = { type: "number" } as const;
const count = { type: "integer", minimum: 0 } as const;
const flag = { type: "boolean" } as const;
const time = { type: "string", format: "date-time" } as const;
const listOf = (items: Schema): Schema => ({ type: "array", items });
const named = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** An object whose fields are all there, but for those of `sometimes`. There may be more fields one day. */
function object(description: string, always: Fields, sometimes: Fields = {}): Schema {
  const required = Object.keys(always);
  return { type: "object", description, required, properties: { ...always, ...sometimes } };
}

type Fields = Readonly<Record<string, Schema>>;

const STATES = ["connecting", "live", "stalled", "disconnected", "lingering", "closed"];

/** What JSON answers are made of, by name. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Refusal: object(
    "Why a request was refused.",
    {
      error: { ...text, enum: REFUSAL_CODES, description: "Stable, for programs." },
      message: { ...text, description: "For people; may quote an EPICS server." },
    },
    {
      pv: text,
      option: { ...text, description: "The option concerned." },
      value: { ...text, description: "What it was." },
      allowed: { ...text, description: "What it may be, in words." },
    },
  ),
  Readiness: object("Whether the service is ready.", { ready: flag, reasons: listOf(text) }),
  Viewer: object("What the viewer page asks first.", { simulated: listOf(named("SimulatedCamera")) }),
  SimulatedCamera: object(
    "A simulated camera to look at.",
    { name: text, description: text },
    { options: { type: "object", additionalProperties: text, description: "What shows it best." } },
  ),
  Streams: object("Every stream that is watched, or was lately.", { streams: listOf(named("Stream")) }),
  Stream: object(
    "One PV's stream. Counts are since it was opened.",
    {
      pv: text,
      state: { ...text, enum: STATES },
      reason: { ...text, description: "Why it is in this state." },
      openedAt: time,
      fps: object("Frames and pictures a second.", { camera: number, encoded: number, sent: number }),
      frames: object("What became of frames.", { received: count, encoded: count, lost: named("Losses") }),
      sentBytes: count,
      renditions: listOf(named("Rendition")),
      viewers: listOf(named("StreamViewer")),
    },
    { image: named("Image"), latencyMs: named("Percentiles"), encodeMs: named("Percentiles") },
  ),
  Image: object(
    "The newest frame as the camera sent it.",
    { width: count, height: count, sampleType: text, colourMode: text, codec: text },
    { planes: count, bayer: text, reverseX: flag, reverseY: flag },
  ),
  Losses: object("Frames that were not shown, each under one name.", {
    overrun: { ...count, description: "Lost in the camera's server or on the way here." },
    skipped: { ...count, description: "A newer one came before a worker was free, or nobody watched." },
    paced: { ...count, description: "Nobody was to have one yet." },
    slow: { ...count, description: "Whoever was to have one had not taken the one before." },
    failed: { ...count, description: "Could not be decoded or encoded." },
  }),
  Percentiles: object("What half, 90 % and 99 % do not exceed, milliseconds.", {
    p50: number,
    p90: number,
    p99: number,
  }),
  Rendition: object(
    "One way of drawing a stream, shared by all who wish it so.",
    { options: text, viewers: count, fps: number },
    {
      encoder: text,
      encoderWhy: text,
      width: count,
      height: count,
      range: object("Sample values drawn black and white.", { low: number, high: number }),
      issues: listOf(text),
      failure: text,
    },
  ),
  StreamViewer: object(
    "One who watches.",
    {
      id: count,
      openedAt: time,
      maxFps: number,
      fps: number,
      pictures: count,
      sentBytes: count,
      lost: named("Losses"),
    },
    { kind: text },
  ),
};

import {
  type OptionEntry,
  PARTS_ENTRY,
  PICTURE_ENTRIES,
  type Schema,
  SNAPSHOT_ENTRIES,
  SOCKET_ENTRIES,
  VIEWING_ENTRIES,
} from "./openapi-options.ts";
import type { RefusalCode } from "./refusal.ts";

/** What a route answers when all is well. */
export interface AnswerEntry {
  readonly about: string;
  /** Schemas by media type; none: there is no body. */
  readonly content: Readonly<Record<string, Schema>>;
  /** Headers that tell of it, by name, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One route as `/openapi.json` tells it. Whoever adds a route adds one of these to ROUTES. */
export interface RouteEntry {
  /** With `{pv}` for the rest of the path, which is the PV's name. */
  readonly path: string;
  readonly method: "get" | "post";
  readonly summary: string;
  /** Markdown. */
  readonly about: string;
  readonly options?: readonly OptionEntry[];
  /** By status. */
  readonly answers: Readonly<Record<number, AnswerEntry>>;
  /** What it may refuse a request with; what every route may is added. */
  readonly refusals?: readonly RefusalCode[];
  /** Fields of a form in the body. */
  readonly form?: Readonly<Record<string, Schema>>;
  /** Whether it is answered without a token, also where others want one. */
  readonly open?: boolean;
}

const BYTES: Schema = { type: "string", contentMediaType: "application/octet-stream" };
const TEXT: Schema = { type: "string" };
const named = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const json = (about: string, schema: Schema): AnswerEntry => ({
  about,
  content: { "application/json": schema },
});
const NO_BODY = {};

/** Whatever shows pictures of a PV. */
const PICTURE_REFUSALS: readonly RefusalCode[] = [
  "bad-option",
  "bad-pv-name",
  "pv-not-found",
  "not-an-image",
  "bad-image",
  "no-image-yet",
  "quarantined",
  "server-full",
  "too-many-streams",
  "too-many-viewers",
  "too-many-viewers-of-address",
  "stopping",
];

const PICTURE_HEADERS = {
  "X-Unique-Id": "The camera's number of the frame.",
  "X-Timestamp": "When the IOC made the frame, seconds since 1970; absent where it does not say.",
  "X-Camera-Timestamp": "The camera's idea of that, seconds since 1970; absent where it has none.",
  "X-Received": "When the frame came here, seconds since 1970.",
  "X-Age": "How long ago that was, milliseconds.",
  "X-Range": "Sample values drawn black and white, `LOW,HIGH`.",
  "X-Region": "What is shown of the array, `X,Y,W,H`.",
  "X-Issues": "What is odd about the picture, stable words.",
  "X-Encoder": "Who made the file: `fast`, `mozjpeg`, `camera`, `png`, `npy`.",
  "X-Sample-Offset": "What was added to the camera's samples so that a PNG can hold them.",
  "X-Error": "With `placeholder=1`: why there is no picture.",
  "Content-Disposition": "A file name.",
};

/** Every route of the service. */
export const ROUTES: readonly RouteEntry[] = [
  {
    path: "/mjpg/{pv}",
    method: "get",
    summary: "Moving pictures for <img>, OpenCV, ffmpeg",
    about:
      "An endless `multipart/x-mixed-replace` answer with the boundary `frame`, one JPEG a part. Everything that can be refused is refused before the first byte; after it the stream only goes on.",
    options: [...PICTURE_ENTRIES, ...VIEWING_ENTRIES, PARTS_ENTRY],
    answers: {
      200: { about: "JPEGs without end.", content: { "multipart/x-mixed-replace; boundary=frame": BYTES } },
    },
    refusals: PICTURE_REFUSALS,
  },
  {
    path: "/snapshot/{pv}",
    method: "get",
    summary: "One fresh picture, or the array",
    about:
      "The PV's name may be followed by `.jpg`, `.png` or `.npy`; without an ending the Accept header decides, and else it is a JPEG. Of a PV whose own name ends so, ask with `format`.",
    options: [...PICTURE_ENTRIES, ...SNAPSHOT_ENTRIES],
    answers: {
      200: {
        about: "The file.",
        content: { "image/jpeg": BYTES, "image/png": BYTES, "application/x-npy": BYTES },
        headers: PICTURE_HEADERS,
      },
    },
    refusals: [...PICTURE_REFUSALS, "too-many-snapshots"],
  },
  {
    path: "/ws/mjpg/{pv}",
    method: "get",
    summary: "Moving pictures over a WebSocket",
    about:
      "One JPEG a binary message. Programs are refused with the status that `/mjpg` gives; browsers, and whoever asks for `status=1`, get the socket at once and 4000 + that status as its close code.",
    options: [...PICTURE_ENTRIES, ...VIEWING_ENTRIES, PARTS_ENTRY, ...SOCKET_ENTRIES],
    answers: { 101: { about: "A WebSocket.", content: NO_BODY } },
    refusals: [...PICTURE_REFUSALS, "not-a-websocket", "origin-not-allowed"],
  },
  {
    path: "/ws",
    method: "get",
    summary: "Many PVs on one WebSocket",
    about:
      "JSON messages open, change and close views; pictures and raw frames are binary messages. The protocol is described in `server/http/PROTOCOL.md` and typed in `server/http/protocol.ts`.",
    answers: { 101: { about: "A WebSocket.", content: NO_BODY } },
    refusals: ["not-a-websocket", "origin-not-allowed"],
  },
  {
    path: "/api/streams",
    method: "get",
    summary: "What the streams do now",
    about: "Those that are watched, or were lately.",
    answers: { 200: json("In the order in which they were opened.", named("Streams")) },
  },
  {
    path: "/api/streams/{pv}",
    method: "get",
    summary: "What one stream does now",
    about: "Asking opens no stream and sends no search.",
    answers: { 200: json("The stream.", named("Stream")) },
    refusals: ["bad-pv-name", "pv-not-found"],
  },
  {
    path: "/metrics",
    method: "get",
    summary: "How the service does, for Prometheus",
    about: "In the text format of Prometheus, version 0.0.4.",
    answers: { 200: { about: "The metrics.", content: { "text/plain": TEXT } } },
  },
  {
    path: "/viewer.json",
    method: "get",
    summary: "What the viewer page asks first",
    about: "The simulated cameras that there are.",
    answers: { 200: json("Simulated cameras, best first.", named("Viewer")) },
  },
  {
    path: "/healthz",
    method: "get",
    summary: "Whether the process serves",
    about: "200 for as long as it does.",
    answers: { 200: { about: "It does.", content: { "text/plain": TEXT } } },
    open: true,
  },
  {
    path: "/readyz",
    method: "get",
    summary: "Whether viewers should be sent here",
    about: "It does not depend on cameras.",
    answers: {
      200: json("They should.", named("Readiness")),
      503: json("They should not, for these reasons.", named("Readiness")),
    },
    open: true,
  },
  {
    path: "/login",
    method: "post",
    summary: "Exchange a token for a cookie",
    about: "What the login page sends; only where `--token-file` is given, elsewhere it is 405.",
    form: { token: TEXT, next: TEXT },
    answers: { 303: { about: "Logged in; on to `next`.", content: NO_BODY } },
    refusals: ["bad-login", "unauthorized", "too-many-attempts"],
    open: true,
  },
  {
    path: "/openapi.json",
    method: "get",
    summary: "This document",
    about: "OpenAPI 3.1.",
    answers: { 200: json("The document.", { type: "object" }) },
  },
  {
    path: "/",
    method: "get",
    summary: "The viewer page",
    about: "`?pv=` chooses cameras; several give a grid.",
    answers: { 200: { about: "The page.", content: { "text/html": TEXT } } },
  },
  {
    path: "/assets/{file}",
    method: "get",
    summary: "What the viewer page is made of",
    about: "Names change with the contents.",
    answers: { 200: { about: "A script or a style sheet.", content: { "*/*": BYTES } } },
  },
];

/** The paths that people and programs ask for, in the words of messages. */
export function routeNames(): string[] {
  const paths = ROUTES.filter(({ method }) => method === "get").map(({ path }) => path);
  const names = paths.map((path) => path.replace("{pv}", "<PV>"));
  return names.filter((name) => name !== "/" && !name.includes("{"));
}

/** What the pool and its workers say to each other: types, and how a job is put into words that can be posted. */
import type {
  CoreBuild,
  FileOptions,
  Frame,
  History,
  Measurement,
  PictureFacts,
  PictureOptions,
  Recipe,
  Stripe,
} from "../../wasm/core/index.ts";
import type { Wish } from "../errors.ts";
import type { CameraFrame } from "../source/index.ts";
import type { EncodeErrorCode } from "./encode-error.ts";
import type { EncodeJob, EncoderName, PictureSource } from "./encoder.ts";
import type { PlaceholderJob } from "./placeholder.ts";
import type { NpyFacts, NpyJob, PngFacts, PngJob } from "./snapshot-files.ts";

/** First message to a worker: which build of the core it shall load; undefined lets the core decide. */
export interface StartMessage {
  readonly kind: "start";
  readonly build: CoreBuild | undefined;
}

/** One job on its way to a worker. Shared pixels go by reference; others are copied on the way. */
export interface JobMessage {
  readonly kind: "job";
  readonly frame: Frame;
  readonly recipe: Recipe;
  readonly encoder: EncoderName;
  readonly history: History;
  readonly options: PictureOptions & FileOptions;
}

/** The first of three questions about a stripe of a large frame: its extremes. */
export interface MeasureMessage {
  readonly kind: "measure";
  readonly frame: Frame;
  readonly recipe: Recipe;
  readonly stripe: Stripe;
}

/** The second: its piece of the file, drawn with the range of the whole. */
export interface StripeMessage {
  readonly kind: "stripe";
  readonly frame: Frame;
  readonly recipe: Recipe;
  readonly stripe: Stripe;
  readonly range: Measurement;
  readonly options: FileOptions;
}

/** The last: the pieces of all, to be put together. */
export interface JoinMessage {
  readonly kind: "join";
  readonly pieces: readonly ArrayBuffer[];
}

/** One frame that is to become a PNG file. */
export interface PngMessage {
  readonly kind: "png";
  readonly frame: Frame;
  readonly recipe: Recipe;
  readonly options: FileOptions;
}

/** Words that are to be a picture. */
export interface PlaceholderMessage {
  readonly kind: "placeholder";
  /** The picture under them, in a buffer of its own. */
  readonly under: Uint8Array<ArrayBuffer> | undefined;
  readonly size: { readonly width: number; readonly height: number };
  readonly lines: readonly string[];
  readonly quality: number;
}

/** One frame whose array is wanted. */
export interface NpyMessage {
  readonly kind: "npy";
  readonly frame: Frame;
}

/** Whatever a worker is asked after its start. */
export type TaskMessage =
  JobMessage | MeasureMessage | StripeMessage | JoinMessage | PngMessage | NpyMessage | PlaceholderMessage;

/** What a job makes. */
export interface JobResult {
  /** The file, in a buffer of its own. */
  readonly jpeg: ArrayBuffer;
  readonly facts: PictureFacts;
  readonly source: PictureSource;
}

/** Why a job has no picture: an EncodeError in words that can be posted. */
export interface JobRefusal {
  readonly code: Extract<EncodeErrorCode, "bad-recipe" | "bad-frame" | "cannot-encode">;
  readonly message: string;
  readonly wish?: Wish;
}

/** What a worker answers: `ready` or `unfit` to the start, `done` or `refused` to a job. */
export type WorkerMessage =
  | { readonly kind: "ready"; readonly build: CoreBuild }
  | { readonly kind: "unfit"; readonly message: string }
  | ({ readonly kind: "done"; readonly encodeMs: number } & JobResult)
  | { readonly kind: "measured"; readonly measured: Measurement }
  | { readonly kind: "piece"; readonly jpeg: ArrayBuffer }
  | { readonly kind: "png"; readonly png: ArrayBuffer; readonly facts: PngFacts }
  | { readonly kind: "npy"; readonly npy: ArrayBuffer; readonly facts: NpyFacts }
  | ({ readonly kind: "refused" } & JobRefusal);

/** The words of a frame that the core reads; those that are absent stay so. */
const FRAME_WORDS = [
  "width",
  "height",
  "sampleType",
  "colourMode",
  "bigEndian",
  "planes",
  "bayer",
  "codec",
  "reverseX",
  "reverseY",
] as const satisfies readonly (keyof Frame)[];

/** Of a placeholder that is to be like no picture. */
const DEFAULT_SIZE = { width: 640, height: 480 } as const;
/** Of a placeholder: a third of the bytes of the quality of pictures, for letters and what lies dimmed under them. */
const DEFAULT_QUALITY = 75;

/** Picks from a job what its worker needs. A view of a SharedArrayBuffer stays a view of it on the other side. */
export function toMessage({ frame, recipe, encoder, history = {}, at }: EncodeJob): JobMessage {
  const options = { ...(at !== undefined && { at }), ...fileOptions(frame, recipe) };
  return { kind: "job", frame: posted(frame), recipe, encoder, history, options };
}

/** The same for a job whose file is a PNG. */
export function toPngMessage({ frame, recipe }: PngJob): PngMessage {
  return { kind: "png", frame: posted(frame), recipe, options: fileOptions(frame, recipe) };
}

/** The same for a job whose file is an array. */
export function toNpyMessage({ frame }: NpyJob): NpyMessage {
  return { kind: "npy", frame: posted(frame) };
}

/** The same for a placeholder. Its picture is copied: viewers have it, too. */
export function toPlaceholderMessage(job: PlaceholderJob): PlaceholderMessage {
  const { under, size = under ?? DEFAULT_SIZE, lines, quality = DEFAULT_QUALITY } = job;
  const { width, height } = under ?? size;
  const file = under === undefined ? undefined : new Uint8Array(under.jpeg);
  return { kind: "placeholder", under: file, size: { width, height }, lines, quality };
}

function posted(frame: CameraFrame): Frame {
  const words = FRAME_WORDS.filter((word) => frame[word] !== undefined).map((word) => [word, frame[word]]);
  // A view of unshared memory would take its whole buffer along, so only the bytes that count are sent.
  const pixels = frame.pixels.buffer instanceof SharedArrayBuffer ? frame.pixels : frame.pixels.slice();
  return { ...(Object.fromEntries(words) as Omit<Frame, "pixels">), pixels };
}

function fileOptions(frame: CameraFrame, { comment }: Recipe): FileOptions {
  return comment === true ? { comment: commentOn(frame) } : {};
}

/** What can be read in a saved picture with any tool (`exiftool`, `jhead`, `rdjpgcom`): which frame it is, and of when. */
function commentOn({ uniqueId, iocTime, cameraTime }: CameraFrame): string {
  const times = Object.entries({ timeStamp: iocTime, dataTimeStamp: cameraTime }).flatMap(([name, time]) =>
    time === undefined ? [] : [`${name}=${new Date(time).toISOString()}`],
  );
  return [`uniqueId=${uniqueId}`, ...times].join(" ");
}

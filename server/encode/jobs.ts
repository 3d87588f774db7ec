import type {
  Core,
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
import { FrameError, passThrough, RecipeError, UnpackError } from "../../wasm/core/index.ts";
import type { Wish } from "../errors.ts";
import type { EncodeErrorCode } from "./encode-error.ts";
import type { EncodeJob, EncoderName, PictureSource } from "./encoder.ts";
import type { Mozjpeg } from "./mozjpeg.ts";

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

/** The first of two questions about a stripe of a large frame: its extremes. */
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

/** Picks from a job what its worker needs. A view of a SharedArrayBuffer stays a view of it on the other side. */
export function toMessage({ frame, recipe, encoder, history = {}, at }: EncodeJob): JobMessage {
  const words = FRAME_WORDS.filter((word) => frame[word] !== undefined).map((word) => [word, frame[word]]);
  // A view of unshared memory would take its whole buffer along, so only the bytes that count are sent.
  const pixels = frame.pixels.buffer instanceof SharedArrayBuffer ? frame.pixels : frame.pixels.slice();
  return {
    kind: "job",
    frame: { ...(Object.fromEntries(words) as Omit<Frame, "pixels">), pixels },
    recipe,
    encoder,
    history,
    options: {
      ...(at !== undefined && { at }),
      ...(recipe.comment === true && { comment: commentOn(frame) }),
    },
  };
}

/** What can be read in a saved picture with any tool (`exiftool`, `jhead`, `rdjpgcom`): which frame it is, and of when. */
function commentOn({ uniqueId, iocTime, cameraTime }: EncodeJob["frame"]): string {
  const times = Object.entries({ timeStamp: iocTime, dataTimeStamp: cameraTime }).flatMap(([name, time]) =>
    time === undefined ? [] : [`${name}=${new Date(time).toISOString()}`],
  );
  return [`uniqueId=${uniqueId}`, ...times].join(" ");
}

/**
 * Does one job inside a worker. A camera's own JPEG that nothing is asked of is the picture, whichever encoder the rule
 * has chosen; only who asks for mozjpeg gets a file of that.
 *
 * @param core the worker's own core
 * @param mozjpeg loads the other encoder, the first time at the latest here
 * @returns the JPEG in a buffer of its own (copied once out of the core's memory), and what is to be told of it
 * @throws CoreError, FrameError, RecipeError, UnpackError or MozjpegError when the frame cannot be encoded
 */
export async function run(
  { frame, recipe, encoder, history, options }: JobMessage,
  core: Core,
  mozjpeg: () => Promise<Mozjpeg>,
): Promise<JobResult> {
  const untouched = recipe.encoder === "mozjpeg" ? undefined : passThrough(frame, recipe, history);
  if (untouched !== undefined) return toResult(untouched, "camera");
  if (encoder === "fast") return toResult(core.encodeJpeg(frame, recipe, history, options), "fast");
  const ready = await mozjpeg();
  const { rgba, colourMode, ...facts } = core.toRgba(frame, recipe, history, options);
  const { pictureWidth: width, pictureHeight: height } = facts.region;
  const jpeg = ready.encode(rgba, { width, height, grey: colourMode === "mono" }, recipe);
  return { jpeg, facts, source: "mozjpeg" };
}

/**
 * Says whose fault it is that a job threw: the viewer's wish, the camera's frame, or neither. A frame that was fit to be
 * published and is a contradiction only now is one because of the colours that were asked of it.
 */
export function refusalOf(error: unknown, { colour }: Recipe): JobRefusal {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RecipeError) {
    const { option, value, allowed } = error;
    return { code: "bad-recipe", message, wish: { option, value, allowed } };
  }
  if (error instanceof FrameError && colour !== undefined) {
    const allowed = `a mode that fits the frame: ${message}`;
    return { code: "bad-recipe", message, wish: { option: "colour", value: colour, allowed } };
  }
  const damaged = error instanceof FrameError || error instanceof UnpackError;
  return { code: damaged ? "bad-frame" : "cannot-encode", message };
}

/** Does a worker's part of a large frame. */
export function runStripe(job: MeasureMessage | StripeMessage, core: Core): WorkerMessage {
  const { frame, recipe, stripe } = job;
  if (job.kind === "measure")
    return { kind: "measured", measured: core.measureStripe(frame, recipe, stripe) };
  const piece = core.encodeStripe(frame, recipe, stripe, job.range, job.options);
  return { kind: "piece", jpeg: copyOf(piece) };
}

/** Copies the file out of memory that will be used again: the core's, or a frame's slot. */
function toResult(
  { jpeg, ...facts }: PictureFacts & { readonly jpeg: Uint8Array },
  source: PictureSource,
): JobResult {
  return { jpeg: copyOf(jpeg), facts, source };
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(bytes);
  return copy.buffer;
}

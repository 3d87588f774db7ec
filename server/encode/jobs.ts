/** What a worker does with its core. */
import type { Core, PictureFacts, Recipe } from "../../wasm/core/index.ts";
import { FrameError, passThrough, RecipeError, UnpackError } from "../../wasm/core/index.ts";
import type { PictureSource } from "./encoder.ts";
import type {
  JobMessage,
  JoinMessage,
  JobRefusal,
  JobResult,
  MeasureMessage,
  NpyMessage,
  PlaceholderMessage,
  PngMessage,
  StripeMessage,
  WorkerMessage,
} from "./messages.ts";
import { drawPlaceholder } from "./draw-placeholder.ts";
import { writeNpy } from "./npy.ts";
import { writePng } from "./png.ts";
import type { Mozjpeg } from "./mozjpeg.ts";

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
export function refusalOf(error: unknown, { colour }: Pick<Recipe, "colour">): JobRefusal {
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

/** Writes a frame as PNG. */
export function runPng(job: PngMessage, core: Core): WorkerMessage {
  const { png, facts } = writePng(job, core);
  return { kind: "png", png, facts };
}

/** Writes a frame as NPY. */
export function runNpy(job: NpyMessage, core: Core): WorkerMessage {
  const { npy, facts } = writeNpy(job.frame, core);
  return { kind: "npy", npy, facts };
}

/** Draws words. */
export function runPlaceholder(job: PlaceholderMessage, core: Core): JobResult {
  return toResult(drawPlaceholder(job, core), "fast");
}

/** Does a worker's part of a large frame. */
export function runStripe(job: MeasureMessage | StripeMessage, core: Core): WorkerMessage {
  const { frame, recipe, stripe } = job;
  if (job.kind === "measure")
    return { kind: "measured", measured: core.measureStripe(frame, recipe, stripe) };
  const piece = core.encodeStripe(frame, recipe, stripe, job.range, job.options);
  return { kind: "piece", jpeg: copyOf(piece) };
}

/** Puts the pieces of a large frame together. */
export function runJoin({ pieces }: JoinMessage): WorkerMessage {
  const file = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    file.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return { kind: "piece", jpeg: file.buffer };
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

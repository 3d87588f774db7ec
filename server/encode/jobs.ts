import type { AppliedRange, Core, CoreBuild, Frame, Recipe } from "../../wasm/core/index.ts";
import type { EncodeJob, EncoderName } from "./encoder.ts";
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
}

/** What a worker answers: `ready` or `unfit` to the start, `done` or `refused` to a job. */
export type WorkerMessage =
  | { readonly kind: "ready"; readonly build: CoreBuild }
  | { readonly kind: "unfit"; readonly message: string }
  | {
      readonly kind: "done";
      readonly jpeg: ArrayBuffer;
      readonly range: AppliedRange;
      readonly encodeMs: number;
    }
  | { readonly kind: "refused"; readonly message: string };

/** Picks from a job what its worker needs. A view of a SharedArrayBuffer stays a view of it on the other side. */
export function toMessage({ frame, recipe, encoder }: EncodeJob): JobMessage {
  const { width, height, sampleType, colourMode, bigEndian } = frame;
  // A view of unshared memory would take its whole buffer along, so only the bytes that count are sent.
  const pixels = frame.pixels.buffer instanceof SharedArrayBuffer ? frame.pixels : frame.pixels.slice();
  return {
    kind: "job",
    frame: { width, height, sampleType, colourMode, bigEndian, pixels },
    recipe,
    encoder,
  };
}

/**
 * Does one job inside a worker.
 * @param core the worker's own core
 * @param mozjpeg loads the other encoder, the first time at the latest here
 * @returns the JPEG in a buffer of its own (copied once out of the core's memory), and the range that was applied
 * @throws CoreError or MozjpegError when the frame cannot be encoded
 */
export async function run(
  { frame, recipe, encoder }: JobMessage,
  core: Core,
  mozjpeg: () => Promise<Mozjpeg>,
): Promise<{ jpeg: ArrayBuffer; range: AppliedRange }> {
  if (encoder === "fast") {
    const picture = core.encodeJpeg(frame, recipe);
    return { jpeg: picture.jpeg.slice().buffer, range: picture.range };
  }
  const ready = await mozjpeg();
  const { rgba, range } = core.toRgba(frame, recipe);
  const { width, height, colourMode } = frame;
  return { jpeg: ready.encode(rgba, { width, height, grey: colourMode === "mono" }, recipe), range };
}

/** One large frame, several workers: each draws a stripe, and the stripes joined are one JPEG file. */
import {
  canStripe,
  type Measurement,
  mergeMeasurements,
  needsMeasurement,
  type PictureFacts,
  planStripes,
  rangeFrom,
} from "../../wasm/core/index.ts";
import type { EncodeJob } from "./encoder.ts";
import type { JobMessage } from "./messages.ts";
import type { WorkerThread } from "./worker-thread.ts";

/** Frames of so many pixels are worth the two rounds: one worker needs about 20 ms for them. */
export const STRIPED_FROM_PIXELS = 16_000_000;

/** Whether a job is for all workers that are idle, instead of one. */
export function isForAll({ frame, recipe, encoder }: EncodeJob, fromPixels: number): boolean {
  return encoder === "fast" && frame.width * frame.height >= fromPixels && canStripe(frame, recipe);
}

/**
 * Runs one job on several threads:
 *
 *     job ─→ measure stripe by stripe (only where the range depends on it) ─→ one range ─→ encode stripe by stripe ─→ join
 *
 * The pieces are joined by one of the threads, for they can be 20 MB: passing them on costs this thread nothing.
 *
 * @param threads idle, at least one; all are idle again, or ended, when this settles
 * @throws EncodeError the first one of a thread
 */
export async function encodeStriped(
  threads: readonly WorkerThread[],
  { frame, recipe, history, options }: JobMessage,
): Promise<{ readonly jpeg: Uint8Array; readonly facts: PictureFacts }> {
  const stripes = planStripes(frame, recipe, threads.length);
  const parts = stripes.map((stripe, index) => ({ stripe, thread: threads[index]! }));
  const { at, ...file } = options;
  let measured: Measurement | undefined;
  if (needsMeasurement(recipe.range, frame.sampleType)) {
    const found = parts.map(({ stripe, thread }) =>
      thread.measure({ kind: "measure", frame, recipe, stripe }),
    );
    measured = mergeMeasurements(await allOf(found));
  }
  const { range, ...rest } = rangeFrom(recipe.range, frame.sampleType, measured, history, at);
  const pieces = parts.map(({ stripe, thread }) =>
    thread.encodeStripe({ kind: "stripe", frame, recipe, stripe, range, options: file }),
  );
  const jpeg = await threads[0]!.join({ kind: "join", pieces: await allOf(pieces) });
  const { width, height } = frame;
  const region = { x: 0, y: 0, width, height, plane: 0, pictureWidth: width, pictureHeight: height };
  return { jpeg, facts: { range, region, issues: [], ...rest } };
}

/** Waits for all, also when one fails: a thread in the midst of a stripe is not idle. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const ends = await Promise.allSettled(promises);
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

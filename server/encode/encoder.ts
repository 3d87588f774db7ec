import type { History, PictureFacts, Recipe } from "../../wasm/core/index.ts";
import type { CameraFrame } from "../source/index.ts";

/** The two JPEG encoders, see the README for what each is for. */
export type EncoderName = "fast" | "mozjpeg";

/** Where a picture comes from: one of the encoders, or the camera, whose own JPEG was passed on. */
export type PictureSource = EncoderName | "camera";

/** One frame to be turned into one JPEG. The pool retains the frame while the job runs and releases it afterwards. */
export interface EncodeJob {
  readonly frame: CameraFrame;
  readonly recipe: Recipe;
  /** Which encoder does it; `recipe.encoder` is a wish and is not looked at here, see EncoderChoice. */
  readonly encoder: EncoderName;
  /** What the rendition's picture before this one left (`EncodedPicture.history`); absent for the first. */
  readonly history?: History;
  /** When the frame came, ms of any clock: measured ranges then ride on the history's and do not flicker. */
  readonly at?: number;
}

/** A finished JPEG and the facts of it: which samples became black and white, which part of the frame is shown, … */
export interface EncodedPicture extends PictureFacts {
  /** The whole JPEG file, in a buffer of its own that nobody writes to again. */
  readonly jpeg: Uint8Array;
  /** Pixels of the picture. */
  readonly width: number;
  readonly height: number;
  readonly encoder: PictureSource;
  /** Milliseconds inside the worker, from the copy of the pixels to the finished JPEG; without the way there and back. */
  readonly encodeMs: number;
}

/** What the pool counts, from its start on. */
export interface EncoderReport {
  /** How many workers it is to have. */
  readonly workers: number;
  /** How many are at work now. */
  readonly busy: number;
  /** Jobs of every kind that were begun. */
  readonly jobs: number;
  /** Those of them that ended without a result, whoever was to blame. */
  readonly failures: number;
  /** Workers that were lost, by crashing or by taking too long. */
  readonly crashes: number;
}

/**
 * Who waits for a worker: those of one party share one turn a round. A stream's renditions are of the party of their PV
 * (its name); what is not a stream is of one of the two others.
 */
export type Party = string | typeof SNAPSHOTS | typeof PLACEHOLDERS;

/** Who asks for a worker, and what for. */
export interface Asker {
  /** Whose turn it is to be; without one, it is his alone. */
  readonly party?: Party;
  /**
   * What the job is expected to take, milliseconds: what the last one of this kind took. Unknown, it counts as long for
   * snapshots and placeholders and as short for streams. Long jobs never have all workers at a time.
   */
  readonly expectedMs?: number | undefined;
}

/** The party of all single pictures and files, of whatever PV. */
export const SNAPSHOTS = Symbol("snapshots");

/** The party of all placeholders. */
export const PLACEHOLDERS = Symbol("placeholders");

/** A pool of workers that turn frames into JPEGs. It has no queue: who has no worker waits with `whenIdle`. */
export interface Encoder {
  /** How many workers there are. */
  readonly workers: number;
  /** How many of them could take a job at this moment. */
  readonly idle: number;
  /** Share of the workers' time that went into jobs, 0 to 1, a running average over the last few seconds. */
  readonly busyFraction: number;
  /**
   * Runs a job on an idle worker. Jobs run side by side and end in any order, so a rendition that wants its pictures in
   * order has one job under way at a time.
   * @throws EncodeError `busy` when no worker is idle; `bad-recipe` with the wish that the frame cannot fulfil, `bad-frame`
   *   when it is damaged, `cannot-encode` when it is too large for a JPEG, say, in the words of the core or of mozjpeg;
   *   `worker-crashed`, `timeout`; `closed`
   */
  encode(job: EncodeJob): Promise<EncodedPicture>;
  /**
   * Calls `task` once when a worker is idle: in a microtask if one is now, else when it is the turn of its party, and its
   * own within that. Parties go round, one turn each; within one, who came first is served first. A task that does not
   * call `encode` at once passes its turn to the next.
   * @returns a function that withdraws the task; never called after that, nor after `close`
   */
  whenIdle(task: () => void, asker?: Asker): () => void;
  /**
   * Ends all workers; jobs under way reject with `closed`. Resolves when they are gone, or after a quarter of a second:
   * a thread deep in WebAssembly ends when it comes out of it, or with the process. Calling it twice is harmless.
   */
  close(): Promise<void>;
}

/** Files that keep what a camera measured: PNG for people's programs, NPY for numpy. */
import type { PictureFacts } from "../../wasm/core/index.ts";
import type { CameraFrame } from "../source/index.ts";
import type { EncodeJob } from "./encoder.ts";

/** One frame to be turned into one PNG. */
export type PngJob = Pick<EncodeJob, "frame" | "recipe">;

/** What a PNG holds besides its pixels. */
export interface PngFacts extends PictureFacts {
  readonly depth: 8 | 16;
  /** Whether the samples are the camera's own, not levels of `range`. */
  readonly raw: boolean;
  /** What was added to the camera's samples: 32768 for raw int16, else 0. */
  readonly offset: 0 | 32768;
}

/** A finished PNG and the facts of it. */
export interface EncodedPng extends PngFacts {
  /** The whole file, in a buffer of its own that nobody writes to again. */
  readonly png: Uint8Array;
}

/** One frame whose array is wanted. The pool retains the frame while the job runs and releases it afterwards. */
export interface NpyJob {
  readonly frame: CameraFrame;
}

/** What an NPY file says of its array. */
export interface NpyFacts {
  /** Slowest dimension first (C order), the colours where the camera has them: see `npyShape`. */
  readonly shape: readonly number[];
  /** numpy's word for the samples, with their byte order: `|u1`, `<u2`, `>f8`. */
  readonly dtype: string;
}

/** A finished NPY file and what it says. */
export interface EncodedNpy extends NpyFacts {
  /** The whole file, in a buffer of its own that nobody writes to again. */
  readonly npy: Uint8Array;
}

/** The same pool, for those who want a file of full depth. */
export interface PngEncoder {
  /**
   * The frame as a PNG file on an idle worker: 16 bits are kept where the frame has them, unless the recipe asks for what
   * only levels can show (a curve, a map, painting).
   * @throws EncodeError as `Encoder.encode` does
   */
  encodePng(job: PngJob): Promise<EncodedPng>;
}

/** The same pool, for those who want numbers. */
export interface NpyEncoder {
  /**
   * The array as the camera sent it, unpacked, as an NPY file of format 1.0 (numpy.lib.format), on an idle worker. A
   * JPEG-coded frame is decoded to uint8.
   * @throws EncodeError `busy`, `bad-frame`, `cannot-encode`, `worker-crashed`, `timeout`, `closed`
   */
  encodeNpy(job: NpyJob): Promise<EncodedNpy>;
}

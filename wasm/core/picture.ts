/** What comes out of the core besides pixels, and what goes from one frame to the next. */
import type { AppliedRange } from "./range.ts";
import type { Rectangle } from "./recipe.ts";
import type { SteadyRange } from "./steady-range.ts";

/** Which part of the frame is shown, and how large. */
export interface Region extends Rectangle {
  /** Plane of the stack, from 0. */
  readonly plane: number;
  /** Pixels of the finished picture, after turning and resizing. */
  readonly pictureWidth: number;
  readonly pictureHeight: number;
}

/** Wishes that were not carried out to the letter. Never a reason not to draw. */
export type PictureIssue =
  /** The asked region reaches over the frame's edge and was cut there; `region` says which was taken. */
  | "roi-clamped"
  /** The picture would have been larger than the limits; it is as large as they allow, its aspect kept. */
  | "size-limited"
  /** A Bayer pattern was asked of a frame that has three samples a pixel. */
  | "bayer-ignored"
  /** A colour map was asked of a picture in colours. */
  | "map-ignored";

/**
 * What the picture before this one left, for the same PV and recipe. A plain object that can be cloned and posted: cores
 * keep nothing. Absent parts are started anew.
 */
export interface History {
  readonly range?: SteadyRange;
  /** How often each Huffman symbol was written; laid out as the JPEG encoder wants it. */
  readonly huffman?: Uint32Array;
}

/** What the samples of the shown region are, before any range. NaN and infinities are not counted. */
export interface Statistics {
  /** Smallest and largest finite sample; NaN if there is none. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Finite samples. */
  readonly count: number;
  /** 256 equal bins from min to max; its sum is `count`. */
  readonly histogram: Uint32Array;
}

/** Wishes about one call besides the recipe. */
export interface PictureOptions {
  /** Also count the samples (`PictureFacts.statistics`). */
  readonly statistics?: boolean;
  /**
   * When this frame is, in ms of any clock: measured ranges then ride on the history's and do not flicker. Absent: each
   * frame has its own range.
   */
  readonly at?: number;
}

/** Wishes about a JPEG file that are not about its pixels. */
export interface FileOptions {
  /** Written into the JPEG as a comment (COM), UTF-8, at most 65533 bytes. */
  readonly comment?: string;
  /** Dots per inch for the JPEG's header (JFIF); absent: none is told. */
  readonly density?: number;
}

/** A finished picture, without its pixels. */
export interface PictureFacts {
  readonly range: AppliedRange;
  readonly region: Region;
  readonly issues: readonly PictureIssue[];
  /** To be handed in with the next frame. */
  readonly history: History;
  readonly statistics?: Statistics;
}

/** A JPEG file and the facts of it. */
export interface Picture extends PictureFacts {
  /** A view of the core's memory, valid until the next call of the same core. */
  readonly jpeg: Uint8Array;
}

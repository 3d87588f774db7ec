/** What a viewer may ask for. The words are those of query strings; recipe-parse.ts reads them, recipe-key.ts writes them. */
import type { BayerPattern, FrameMode } from "./frame.ts";

/** How the range that becomes black to white is chosen. */
export type RangeWish =
  /** Nothing was asked: 0 to 255 for uint8 (shown as it is), `auto` for all others. */
  | { readonly kind: "default" }
  /** Smallest to largest finite sample of what is shown. */
  | { readonly kind: "auto" }
  /** Percentiles, 0 ≤ low < high ≤ 100, of the finite samples of what is shown. */
  | { readonly kind: "percentile"; readonly low: number; readonly high: number }
  /** The sample type's own range; 0 to 1 for floats. */
  | { readonly kind: "full" }
  /** Low is drawn black and high white, in sample values. */
  | { readonly kind: "fixed"; readonly low: number; readonly high: number };

/** How levels rise between the ends of the range. `gamma` draws t to the power of 1 / gamma, t from 0 to 1. */
export type CurveWish =
  { readonly kind: "linear" | "log" | "sqrt" } | { readonly kind: "gamma"; readonly gamma: number };

/** Colour maps: what a grey level looks like. */
export const MAPS = [
  "grey",
  "grey-inverted",
  "viridis",
  "magma",
  "inferno",
  "plasma",
  "turbo",
  "cividis",
  "jet",
] as const;
/** One of {@link MAPS}. */
export type ColourMap = (typeof MAPS)[number];

/** A rectangle in pixels, x to the right and y down from the upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** x: left becomes right; y: top becomes bottom. */
export const FLIPS = ["x", "y", "xy"] as const;
/** One of {@link FLIPS}. */
export type Flip = (typeof FLIPS)[number];

/** Clockwise degrees. */
export const ROTATIONS = ["90", "180", "270"] as const;
/** One of {@link ROTATIONS}. */
export type Rotation = (typeof ROTATIONS)[number];

export const ENCODERS = ["auto", "fast", "mozjpeg"] as const;
/** Who writes the JPEG; `auto` leaves it to the server's rule. */
export type EncoderWish = (typeof ENCODERS)[number];

export const SUBSAMPLINGS = ["420", "422", "444"] as const;
/** Resolution of colour in the JPEG: a quarter, a half, or full. Without meaning for grey pictures. */
export type Subsampling = (typeof SUBSAMPLINGS)[number];

/**
 * One way of making a picture of a frame. Two viewers with equal recipes share every encode. What is absent is not asked
 * for, and costs nothing.
 */
export interface Recipe {
  readonly range: RangeWish;
  /** JPEG quality, whole, 1 to 100, on libjpeg's scale. */
  readonly quality: number;
  readonly subsampling: Subsampling;
  readonly encoder: EncoderWish;
  /** Absent: linear. */
  readonly curve?: CurveWish;
  /** Absent: grey. Pictures in colour have no use for it. */
  readonly map?: ColourMap;
  /** Paints what is above the range red, what is below it or no number blue. */
  readonly saturated?: boolean;
  /** The frame's samples are these, whatever the frame says. */
  readonly colour?: FrameMode;
  /** The frame's samples are of this pattern, mono frames' too; off: a Bayer frame is drawn as the grey it is. */
  readonly bayer?: BayerPattern | "off";
  /** Which picture of a stack, from 0. */
  readonly plane?: number;
  /** In array pixels, before any turning; clamped to the frame. Absent: all of it. */
  readonly roi?: Rectangle;
  /** Pixels of the finished picture. If only one is given, the other keeps the aspect. */
  readonly width?: number;
  readonly height?: number;
  /** The same as a factor, instead of both. */
  readonly scale?: number;
  /** After the region, before turning. */
  readonly flip?: Flip;
  /** After flipping, before resizing. */
  readonly rotate?: Rotation;
  /** Turns reversed dimensions of the frame back first, so that the picture lies as the sensor does. */
  readonly undoReverse?: boolean;
  /** Huffman tables fitted to the frame before instead of those of the standard. */
  readonly adaptiveHuffman?: boolean;
  /** Writes the frame's time and number into the file, as a comment. A camera's own JPEG that is passed on has none. */
  readonly comment?: boolean;
}

/** The recipe of a viewer who asks for nothing. */
export const DEFAULT_RECIPE: Recipe = {
  range: { kind: "default" },
  quality: 92,
  subsampling: "420",
  encoder: "auto",
};

/** Stable names of what can be wrong with a recipe. */
export type RecipeErrorCode =
  /** The value is none that the option may have. */
  | "bad-option"
  /** The value contradicts another option, or the frame has no such thing. */
  | "contradiction";

/** An option whose value is not allowed. `value` is what was asked, `allowed` what may be, in words. */
export class RecipeError extends Error {
  override readonly name = "RecipeError";
  readonly code: RecipeErrorCode;
  readonly option: string;
  readonly value: string;
  readonly allowed: string;

  constructor(option: string, value: string, allowed: string, code: RecipeErrorCode = "bad-option") {
    super(`${option}=${value} is not allowed: ${option} is ${allowed}`);
    this.option = option;
    this.value = value;
    this.allowed = allowed;
    this.code = code;
  }
}

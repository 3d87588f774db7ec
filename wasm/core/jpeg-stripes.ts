/**
 * One large picture encoded by several cores: each writes a stripe of it, and the stripes joined are the file.
 *
 *     planStripes → each core: measureStripe ─→ mergeMeasurements → rangeFrom ─→ each core: encodeStripe → concatenate
 *
 * A restart marker stands after every row of MCUs (ITU-T T.81 E.1.4), wherever the cuts are, so that the file is the same
 * for any number of stripes. Of a frame only the stripe's rows are copied into a core.
 */
import type { Engine, Samples } from "./engine.ts";
import { COLOUR_MODES } from "./frame.ts";
import type { ColourMode, Frame } from "./frame.ts";
import { FrameError } from "./frame-check.ts";
import { measure } from "./find-range.ts";
import { writeJpeg } from "./jpeg.ts";
import type { JpegOptions, StripeRows } from "./jpeg.ts";
import { load } from "./load.ts";
import type { Measurement } from "./range.ts";
import type { Recipe } from "./recipe.ts";

/** Some rows of a picture, whole rows of MCUs but for the picture's last. */
export interface Stripe extends StripeRows {
  /** First row of pixels. */
  readonly top: number;
  /** Rows of pixels. */
  readonly rows: number;
}

/** What may be asked of a striped file, the same for all its stripes. */
export type StripeOptions = Pick<JpegOptions, "comment" | "density" | "fitTo">;

/** What decides whether and how a frame is cut. */
type Cut = Pick<Frame, "width" | "height" | "colourMode" | "codec" | "bayer" | "planes">;

/**
 * Whether a frame may be drawn stripe by stripe as if it were whole: its rows are of no meaning for one another, and the
 * recipe asks for nothing but a file and a range that is given or lies between extremes.
 */
export function canStripe(frame: Cut, recipe: Recipe): boolean {
  const {
    range,
    adaptiveHuffman,
    bayer,
    colour,
    curve,
    map,
    saturated,
    roi,
    plane,
    width,
    height,
    scale,
    flip,
    rotate,
    undoReverse,
  } = recipe;
  const asked = [colour, curve, map, roi, plane, width, height, scale, flip, rotate].some(
    (wish) => wish !== undefined,
  );
  const marked = saturated === true || undoReverse === true;
  const counted = range.kind === "percentile" || adaptiveHuffman === true;
  const single = (frame.codec ?? "none") === "none" && (frame.planes ?? 1) === 1;
  return single && plainMode(frame) !== undefined && bayer === undefined && !asked && !marked && !counted;
}

/**
 * Cuts a picture into stripes of nearly the same height, from the top.
 *
 * @param count how many; fewer come out where there are not so many rows of MCUs
 */
export function planStripes(frame: Cut, recipe: Recipe, count: number): Stripe[] {
  const side = frame.colourMode === "mono" || recipe.subsampling !== "420" ? 8 : 16;
  const mcuRows = Math.ceil(frame.height / side);
  const stripes = Math.min(Math.max(1, Math.floor(count)), mcuRows);
  return Array.from({ length: stripes }, (_, index) => {
    const firstRow = Math.round((index * mcuRows) / stripes);
    const endRow = Math.round(((index + 1) * mcuRows) / stripes);
    const top = firstRow * side;
    return { firstRow, endRow, top, rows: Math.min(frame.height, endRow * side) - top, height: frame.height };
  });
}

/** Smallest and largest finite sample of a stripe; low > high if there is none. */
export function measureStripe(engine: Engine, frame: Frame, recipe: Recipe, stripe: Stripe): Measurement {
  return measure(engine, loadStripe(engine, frame, recipe, stripe));
}

/** What measuring the whole would have found. */
export function mergeMeasurements(parts: readonly Measurement[]): Measurement {
  return {
    low: Math.min(...parts.map(({ low }) => low)),
    high: Math.max(...parts.map(({ high }) => high)),
  };
}

/**
 * A stripe's piece of the file: the first begins with the header, the last ends with EOI.
 *
 * @param range for the whole picture, as rangeFrom answers it
 * @returns a view of the core's memory
 * @throws FrameError bad-colour-mode where {@link canStripe} says no, CoreError out-of-memory, too-large-for-jpeg
 */
export function encodeStripe(
  engine: Engine,
  frame: Frame,
  recipe: Recipe,
  stripe: Stripe,
  range: Measurement,
  options: StripeOptions = {},
): Uint8Array<ArrayBuffer> {
  const samples = loadStripe(engine, frame, recipe, stripe);
  const { sampleType } = samples;
  const untouched = sampleType === "uint8" && range.low === 0 && range.high === 255;
  const unscaled = untouched ? undefined : { sampleType, low: range.low, high: range.high };
  const { exports, memory } = engine;
  return writeJpeg(exports, memory, samples.address, samples, recipe, { ...options, unscaled, stripe }).jpeg;
}

function loadStripe(engine: Engine, frame: Frame, recipe: Recipe, { top, rows }: Stripe): Samples {
  const colourMode = plainMode(frame);
  if (colourMode === undefined) {
    throw new FrameError("bad-colour-mode", `a ${frame.colourMode} frame is not drawn in stripes`);
  }
  const roi = { x: 0, y: top, width: frame.width, height: rows };
  return { ...load(engine, frame, { ...recipe, roi }).samples, colourMode };
}

/** The frame's mode if its rows are of no meaning for one another. */
function plainMode({ colourMode }: Pick<Frame, "colourMode">): ColourMode | undefined {
  return COLOUR_MODES.find((mode) => mode === colourMode);
}

import { FRAME_MODES, type FrameMode, pixelsPerGroup, samplesPerGroup } from "../../wasm/core/index.ts";

/** How an array is looked at as a picture, or as a stack of them. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly colourMode: FrameMode;
  /** Pictures one behind the other. */
  readonly planes: number;
  /** Which dimension the columns are; undefined where the picture has one column and no dimension for it. */
  readonly x: number | undefined;
  /** Which dimension the rows are. */
  readonly y: number | undefined;
}

/** Dimensions of a picture with three colours. */
const COLOUR_DIMENSIONS = 3;
const RGB_MODES = ["rgb1", "rgb2", "rgb3"] as const;
/** NDColorMode_t of the first of them (ADCore, NDArray.h). */
const FIRST_RGB = 2;

/**
 * Reads sizes and colour mode as a picture (NDArray::getInfo in ADCore's NDArray.cpp). dimension[0] varies fastest.
 *
 *     mono, Bayer  [X, Y]      RGB1  [3, X, Y]      RGB2  [X, 3, Y]      RGB3  [X, Y, 3]
 *
 * Where they do not fit together the sizes decide: no RGB without three dimensions of which one is 3. One dimension is
 * one row; more than the layout needs are a stack. ADCore names YUV modes but defines no dimensions for them: rows may be
 * counted in samples, [3, X, Y], [2, X, Y] or [samples, Y], or in pixels, [X, Y], where that is what the array holds.
 *
 * @param sizes of all dimensions, each at least 1, not empty
 * @param colorMode NDColorMode_t; undefined where the array has no such attribute
 * @param samples how many the array holds, unpacked; undefined where nothing tells
 */
export function layoutOf(
  sizes: readonly number[],
  colorMode: number | undefined,
  samples: number | undefined,
): Layout {
  const mode = FRAME_MODES[colorMode ?? -1];
  if (mode?.startsWith("yuv") === true) return yuvLayout(sizes, mode, samples) ?? greyLayout(sizes, "mono");
  const colourAxis = axisOf(sizes, colorMode);
  return colourAxis === undefined
    ? greyLayout(sizes, mode === "bayer" ? "bayer" : "mono")
    : rgbLayout(sizes, colourAxis);
}

/** Which of the first three dimensions counts colours; undefined for grey. */
function axisOf(sizes: readonly number[], colorMode: number | undefined): number | undefined {
  if (sizes.length < COLOUR_DIMENSIONS || colorMode === 0 || colorMode === 1) return undefined;
  const announced = colorMode === undefined ? -1 : colorMode - FIRST_RGB;
  const first = sizes.slice(0, COLOUR_DIMENSIONS);
  if (first[announced] === 3) return announced;
  // More than three dimensions, none of them where it was announced: anything may be a stack of grey pictures.
  const stack = sizes.slice(COLOUR_DIMENSIONS).some((size) => size > 1);
  const inferred = first.indexOf(3);
  return stack || inferred < 0 ? undefined : inferred;
}

function rgbLayout(sizes: readonly number[], colourAxis: number): Layout {
  const [x, y] = [0, 1, 2].toSpliced(colourAxis, 1);
  return {
    width: sizes[x!]!,
    height: sizes[y!]!,
    colourMode: RGB_MODES[colourAxis]!,
    planes: product(sizes.slice(COLOUR_DIMENSIONS)),
    x,
    y,
  };
}

/** The first two dimensions that are not 1, if there are more than two: a region of interest may leave [1, X, Y]. */
function greyLayout(sizes: readonly number[], colourMode: "mono" | "bayer"): Layout {
  const axes = sizes.map((_, axis) => axis);
  const sides = sizes.length > 2 ? axes.filter((axis) => sizes[axis]! > 1) : axes;
  const [x, y] = sides;
  const width = x === undefined ? 1 : sizes[x]!;
  const height = y === undefined ? 1 : sizes[y]!;
  return { width, height, colourMode, planes: product(sizes) / (width * height), x, y };
}

/** Undefined where the sizes make no rows of whole groups of pixels. */
function yuvLayout(
  sizes: readonly number[],
  colourMode: FrameMode,
  samples: number | undefined,
): Layout | undefined {
  const perPixel = samplesPerGroup(colourMode) / pixelsPerGroup(colourMode);
  const groups = colourMode === "yuv422" ? 2 : 3;
  const grouped = sizes.length >= COLOUR_DIMENSIONS && sizes[0] === groups && colourMode !== "yuv411";
  const [x, y] = grouped ? [1, 2] : [0, 1];
  const inPixels = grouped || (samples !== undefined && samples === product(sizes) * perPixel);
  const width = inPixels ? sizes[x]! : sizes[x]! / perPixel;
  if (!Number.isInteger(width / pixelsPerGroup(colourMode))) return undefined;
  return { width, height: sizes[y] ?? 1, colourMode, planes: product(sizes.slice(y + 1)), x, y };
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

import type { ColourMode } from "../../wasm/core/index.ts";
import { ImageFault } from "./fault.ts";

/** How an array is looked at as a picture; its first width × height × (mono ? 1 : 3) samples are the picture. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly colourMode: ColourMode;
}

/** NDColorMode_t (ADCore NDArray.h) of the colour layouts, in the order of their numbers from 2. */
const RGB_MODES = ["rgb1", "rgb2", "rgb3"] as const;
const FIRST_RGB = 2;
/** Names of NDColorMode_t 5 to 7. */
const YUV_MODES: ReadonlyMap<number, string> = new Map([
  [5, "YUV444"],
  [6, "YUV422"],
  [7, "YUV411"],
]);

/**
 * Reads sizes and colour mode as a picture (NDArray::getInfo in ADCore's NDArray.cpp). dimension[0] varies fastest.
 *
 *     mono, Bayer  [X, Y]      RGB1  [3, X, Y]      RGB2  [X, 3, Y]      RGB3  [X, Y, 3]
 *
 * Where they do not fit together the sizes decide: no RGB without three dimensions of which one is 3. One dimension is
 * one row; more than the layout needs are a stack, of which the first plane is the picture. Bayer data is shown as it
 * is, in grey.
 *
 * @param sizes of all dimensions, each at least 1, not empty
 * @param colorMode NDColorMode_t; undefined where the array has no such attribute
 * @throws ImageFault `colour-mode` for the YUV modes
 */
export function layoutOf(sizes: readonly number[], colorMode: number | undefined): Layout {
  const yuv = colorMode === undefined ? undefined : YUV_MODES.get(colorMode);
  if (yuv !== undefined) {
    throw new ImageFault(
      "not-an-image",
      "colour-mode",
      `ColorMode ${colorMode} (${yuv}) is not understood yet.`,
    );
  }
  const colourAxis = axisOf(withoutTrailingOnes(sizes), colorMode);
  if (colourAxis === undefined) return monoLayout(sizes);
  const [width, height] = sizes.slice(0, 3).toSpliced(colourAxis, 1);
  return { width: width!, height: height!, colourMode: RGB_MODES[colourAxis]! };
}

/** Which of three dimensions counts colours; undefined for grey. */
function axisOf(sizes: readonly number[], colorMode: number | undefined): number | undefined {
  if (sizes.length !== 3 || colorMode === 0 || colorMode === 1) return undefined;
  const announced = colorMode === undefined ? -1 : colorMode - FIRST_RGB;
  const axis = sizes[announced] === 3 ? announced : sizes.indexOf(3);
  return axis < 0 ? undefined : axis;
}

/** A dimension of size 1 after the third says nothing. */
function withoutTrailingOnes(sizes: readonly number[]): readonly number[] {
  let length = sizes.length;
  while (length > 3 && sizes[length - 1] === 1) length--;
  return sizes.slice(0, length);
}

/** The first two dimensions that are not 1, if there are more than two: a region of interest may leave [1, X, Y]. */
function monoLayout(sizes: readonly number[]): Layout {
  const sides = sizes.length > 2 ? sizes.filter((size) => size > 1) : sizes;
  return { width: sides[0] ?? 1, height: sides[1] ?? 1, colourMode: "mono" };
}

/** A frame whose ColorMode lies, looked at in another mode: the same samples, other sizes. */
import { pixelsPerGroup, samplesPerGroup } from "./frame.ts";
import type { FrameMode } from "./frame.ts";
import { RecipeError } from "./recipe.ts";

/** How the samples of an array are looked at. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly planes: number;
  readonly colourMode: FrameMode;
}

type Sizes = Omit<Layout, "colourMode">;

/**
 * The samples of `layout` as `mode` has them. Modes that share a number of samples a pixel keep the size; else the
 * dimension that counts colours is found where the mode has it, or within the dimension it is folded into:
 *
 *     grey, three dimensions   [3, X, Y] rgb1   [X, 3, Y] rgb2   [X, Y, 3] rgb3   [2, X, Y] yuv422
 *     grey, two                [3 X, Y] rgb1    [X, 3 Y] rgb2    [X, 3 Y] rgb3    [2 X, Y] yuv422   [3 X / 2, Y] yuv411
 *
 * @throws RecipeError contradiction, with the sizes
 */
export function layoutAs(layout: Layout, mode: FrameMode): Layout {
  const from = layout.colourMode;
  if (samplesOf(from) === samplesOf(mode)) return { ...layout, colourMode: mode };
  const sizes = fromGrey(greySizes(layout), mode);
  if (sizes !== undefined) return { ...sizes, colourMode: mode };
  const { width, height, planes } = layout;
  const stack = planes === 1 ? "" : ` × ${planes} planes`;
  const allowed = `a mode that fits the ${from} frame of ${width} × ${height}${stack}`;
  throw new RecipeError("colour", mode, allowed, "contradiction");
}

function samplesOf(mode: FrameMode): number {
  return samplesPerGroup(mode) / pixelsPerGroup(mode);
}

/** The dimensions of the array behind a layout. */
function greySizes({ width, height, planes, colourMode }: Layout): Sizes {
  if (colourMode === "rgb2") return { width, height: 3 * height, planes };
  if (colourMode === "rgb3") return { width, height, planes: 3 * planes };
  return { width: width * samplesOf(colourMode), height, planes };
}

function fromGrey({ width, height, planes }: Sizes, mode: FrameMode): Sizes | undefined {
  const stacked = (count: number, rest: Sizes): Sizes | undefined =>
    count === samplesOf(mode) && planes > 1 ? rest : undefined;
  switch (mode) {
    case "mono":
    case "bayer":
      return { width, height, planes };
    case "rgb1":
    case "yuv444":
      return (
        stacked(width, { width: height, height: planes, planes: 1 }) ??
        whole({ width: width / 3, height, planes })
      );
    case "rgb2":
      return (
        stacked(height, { width, height: planes, planes: 1 }) ?? whole({ width, height: height / 3, planes })
      );
    case "rgb3":
      return whole({ width, height, planes: planes / 3 }) ?? whole({ width, height: height / 3, planes });
    case "yuv422":
    case "yuv411": {
      const sizes =
        stacked(width, { width: height, height: planes, planes: 1 }) ??
        whole({ width: width / samplesOf(mode), height, planes });
      return sizes !== undefined && sizes.width % pixelsPerGroup(mode) === 0 ? sizes : undefined;
    }
  }
}

function whole(sizes: Sizes): Sizes | undefined {
  return Object.values(sizes).every(Number.isInteger) ? sizes : undefined;
}

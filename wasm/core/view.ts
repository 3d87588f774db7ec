/** Which samples of a frame a recipe shows, and what they are taken for. Only numbers: nothing is read yet. */
import { BAYER_PATTERNS, pixelsPerGroup } from "./frame.ts";
import type { BayerPattern, Frame } from "./frame.ts";
import { FrameError } from "./frame-check.ts";
import type { PictureIssue } from "./picture.ts";
import { RecipeError } from "./recipe.ts";
import type { Recipe, Rectangle } from "./recipe.ts";
import { layoutAs } from "./relayout.ts";
import type { Layout } from "./relayout.ts";

/** One region of one plane. */
export interface View {
  /** The whole array as it is looked at. */
  readonly layout: Layout;
  readonly plane: number;
  /** Inside the layout, not empty; of YUV, whole groups of pixels. */
  readonly region: Rectangle;
  /** The pattern at the region's first pixel; only where the layout's mode is `bayer`. */
  readonly bayer?: BayerPattern;
  readonly issues: readonly PictureIssue[];
}

/**
 * Resolves colour, bayer, plane and roi of a recipe against a frame.
 *
 * @throws RecipeError contradiction where the frame has no such layout, plane or region; FrameError contradiction where
 *   the samples are none of the asked mode
 */
export function viewOf(frame: Omit<Frame, "pixels">, recipe: Recipe): View {
  const issues: PictureIssue[] = [];
  const layout = wantedLayout(frame, recipe, issues);
  if (layout.colourMode.startsWith("yuv") && !frame.sampleType.endsWith("int8")) {
    const message = `${layout.colourMode} has samples of one byte, the frame has ${frame.sampleType}`;
    throw new FrameError("contradiction", message);
  }
  const { plane = 0 } = recipe;
  if (plane >= layout.planes) {
    const allowed = `from 0 to ${layout.planes - 1} for this frame, which has ${layout.planes}`;
    throw new RecipeError("plane", String(plane), allowed, "contradiction");
  }
  const region = wantedRegion(layout, recipe.roi, issues);
  if (layout.colourMode !== "bayer") return { layout, plane, region, issues };
  return { layout, plane, region, bayer: shifted(patternOf(frame, recipe), region), issues };
}

function wantedLayout(frame: Omit<Frame, "pixels">, recipe: Recipe, issues: PictureIssue[]): Layout {
  const { width, height, planes = 1, colourMode } = frame;
  const told: Layout = { width, height, planes, colourMode };
  const layout = recipe.colour === undefined ? told : layoutAs(told, recipe.colour);
  if (recipe.bayer === undefined) return layout;
  const single = layout.colourMode === "mono" || layout.colourMode === "bayer";
  if (single) return { ...layout, colourMode: recipe.bayer === "off" ? "mono" : "bayer" };
  if (recipe.bayer !== "off") issues.push("bayer-ignored");
  return layout;
}

function patternOf(frame: Omit<Frame, "pixels">, { bayer }: Recipe): BayerPattern {
  if (bayer !== undefined && bayer !== "off") return bayer;
  return frame.bayer ?? "rggb";
}

/** The pattern as seen from a region's first pixel: in its number, bit 0 is a row further and bit 1 a column. */
function shifted(pattern: BayerPattern, { x, y }: Rectangle): BayerPattern {
  return BAYER_PATTERNS[BAYER_PATTERNS.indexOf(pattern) ^ (2 * (x & 1)) ^ (y & 1)]!;
}

function wantedRegion(layout: Layout, roi: Rectangle | undefined, issues: PictureIssue[]): Rectangle {
  const { width, height, colourMode } = layout;
  if (roi === undefined) return { x: 0, y: 0, width, height };
  if (roi.x >= width || roi.y >= height) {
    const asked = `${roi.x},${roi.y},${roi.width},${roi.height}`;
    const allowed = `to begin inside the frame, which is ${width} × ${height}`;
    throw new RecipeError("roi", asked, allowed, "contradiction");
  }
  if (roi.x + roi.width > width || roi.y + roi.height > height) issues.push("roi-clamped");
  const group = pixelsPerGroup(colourMode);
  const left = roi.x - (roi.x % group);
  const right = Math.min(Math.ceil((roi.x + roi.width) / group) * group, width);
  return { x: left, y: roi.y, width: right - left, height: Math.min(roi.height, height - roi.y) };
}

/**
 * Loading and shrinking at once, for 8-bit levels that become fewer: the frame is copied in by strips that fit the
 * second-level cache, and each is averaged before the next comes, so that the frame is never in the core as a whole.
 */
import { TURN } from "./abi.ts";
import { copyView, viewBytes } from "./crop.ts";
import type { Engine, Samples } from "./engine.ts";
import { COLOUR_MODES, samplesPerPixel } from "./frame.ts";
import type { ColourMode, Frame } from "./frame.ts";
import { checkFrame } from "./frame-check.ts";
import { runPlanes, workspaceFor } from "./geometry.ts";
import { areLevels } from "./levels.ts";
import type { Loaded } from "./load.ts";
import type { Recipe } from "./recipe.ts";
import { sizeOf, turnOf } from "./turn.ts";
import { viewOf } from "./view.ts";
import type { View } from "./view.ts";

/** Bytes of a strip, about. */
const STRIP_BYTES = 131072;

/**
 * What load() answers, but as large as the finished picture where that is smaller. Starts a job.
 *
 * @returns undefined, having done nothing, where the recipe or the frame is of another kind
 */
export function loadShrunk(engine: Engine, frame: Frame, recipe: Recipe): Loaded | undefined {
  const packed = frame.codec !== undefined && frame.codec !== "none";
  if (packed || !areLevels(frame.sampleType, recipe)) return undefined;
  checkFrame(frame);
  const view = viewOf(frame, recipe);
  const colourMode = COLOUR_MODES.find((mode: ColourMode) => mode === view.layout.colourMode);
  const size = sizeShown(view, turnOf(frame, recipe), recipe);
  const { width, height } = view.region;
  const groups = greatestDivisor(height, size.height);
  const smaller = size.height < height || size.width < width;
  if (colourMode === undefined || groups === 1 || !smaller) return undefined;
  // Rows that become whole target rows, as many as fit.
  const [rows, targetRows] = [height / groups, size.height / groups];
  const fitting = Math.floor(STRIP_BYTES / viewBytes(stripOf(view, 0, rows), "uint8"));
  const strip = { rows, targetRows, at: Math.min(Math.max(1, fitting), groups), groups };
  engine.memory.startJob();
  return { samples: shrink(engine, frame.pixels, view, colourMode, size, strip), view };
}

interface Strips {
  readonly rows: number;
  readonly targetRows: number;
  /** Groups of `rows` at a time, and in all. */
  readonly at: number;
  readonly groups: number;
}

function shrink(
  engine: Engine,
  pixels: Uint8Array,
  view: View,
  colourMode: ColourMode,
  size: { readonly width: number; readonly height: number },
  { rows, targetRows, at, groups }: Strips,
): Samples {
  const { memory } = engine;
  const { width } = view.region;
  const target = memory.take(size.width * size.height * samplesPerPixel(colourMode));
  const to: Samples = { ...size, address: target, sampleType: "uint8", colourMode };
  const address = memory.take(viewBytes(stripOf(view, 0, rows * at), "uint8"));
  const workspace = workspaceFor(engine, "resizeArea", { ...to, address, width });
  for (let group = 0; group < groups; group += at) {
    const count = Math.min(at, groups - group);
    const strip = stripOf(view, group * rows, count * rows);
    copyView(pixels, strip, "uint8", memory.view(address, viewBytes(strip, "uint8")));
    const from = { ...to, address, width, height: count * rows };
    const part = { width: size.width, height: count * targetRows };
    const firstRow = group * targetRows;
    runPlanes(engine, { name: "resizeArea", from, to, firstRow, size: part, turn: 0, workspace });
  }
  return to;
}

/** The picture's size before it is turned, growing left to a later stage. */
function sizeShown({ region }: View, turn: number, recipe: Recipe): { width: number; height: number } {
  const across = (turn & TURN.transpose) !== 0;
  const [wide, high] = across ? [region.height, region.width] : [region.width, region.height];
  const size = sizeOf(wide, high, recipe);
  const [width, height] = across ? [size.height, size.width] : [size.width, size.height];
  return { width: Math.min(width, region.width), height: Math.min(height, region.height) };
}

function stripOf(view: View, y: number, height: number): View {
  return { ...view, region: { ...view.region, y: view.region.y + y, height } };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** Frames for tests of the whole core, and the plain way from a frame to the pixels of its picture. */
import { pixelsPerGroup, samplesPerGroup } from "../../wasm/core/index.ts";
import type { ColourMode, Frame, Recipe } from "../../wasm/core/index.ts";
import { averaged, flippedX, flippedY, mapPlane, nearest, transposed } from "./planes.ts";
import type { Plane } from "./planes.ts";
import { toBytes } from "./reference.ts";
import { randomSamples } from "./sample-sets.ts";

/** What of a frame a test chooses; the rest is plain. */
export type FrameWords = Pick<Frame, "width" | "height"> & Partial<Frame>;

/** A frame of seeded noise. */
export function noiseFrame(words: FrameWords, seed = 1): Frame {
  const { width, height, sampleType = "uint8", colourMode = "mono", planes = 1, bigEndian = false } = words;
  const perPixel = samplesPerGroup(colourMode) / pixelsPerGroup(colourMode);
  const samples = randomSamples(sampleType, width * height * perPixel * planes, seed);
  const pixels = toBytes(sampleType, samples, bigEndian);
  return { sampleType, colourMode, bigEndian, pixels, ...words };
}

/** The whole of a grey or RGB frame's plane as one plane of pixels with their colours together, bytes as samples. */
export function pixelsOf(frame: Frame, bytes: Uint8Array, plane = 0): Plane {
  const { width, height, colourMode } = frame;
  const channels = colourMode === "mono" ? 1 : 3;
  const start = plane * width * height * channels;
  const samples = Array.from({ length: width * height * channels }, (_, index) => {
    const [x, y] = [Math.floor(index / channels) % width, Math.floor(index / channels / width)];
    return bytes[start + placeOf(colourMode as ColourMode, x, y, index % channels, width, height)]!;
  });
  return { width, height, sampleBytes: 1, channels, samples };
}

function placeOf(
  mode: ColourMode,
  x: number,
  y: number,
  colour: number,
  width: number,
  height: number,
): number {
  switch (mode) {
    case "mono":
      return y * width + x;
    case "rgb1":
      return 3 * (y * width + x) + colour;
    case "rgb2":
      return (3 * y + colour) * width + x;
    case "rgb3":
      return (colour * height + y) * width + x;
  }
}

/** ROI, flip, rotation and resizing in the order in which they are defined, each by its own definition. */
export function arranged(plane: Plane, recipe: Recipe): Plane {
  const { roi, flip = "", rotate = "0" } = recipe;
  const right = Math.min(plane.width, (roi?.x ?? 0) + (roi?.width ?? Infinity));
  const bottom = Math.min(plane.height, (roi?.y ?? 0) + (roi?.height ?? Infinity));
  const [left, top] = [roi?.x ?? 0, roi?.y ?? 0];
  let now = mapPlane(plane, right - left, bottom - top, (x, y) => [x + left, y + top]);
  if (flip.includes("x")) now = flippedX(now);
  if (flip.includes("y")) now = flippedY(now);
  for (let quarter = 0; quarter < Number(rotate) / 90; quarter++) now = flippedX(transposed(now));
  const { width, height } = sizeAsked(now, recipe);
  const smaller = averaged(now, Math.min(width, now.width), Math.min(height, now.height));
  return nearest(smaller, width, height);
}

function sizeAsked({ width, height }: Plane, recipe: Recipe): { width: number; height: number } {
  const { scale } = recipe;
  const keep = (side: number, factor: number) => Math.max(1, Math.round(side * factor));
  if (scale !== undefined) return { width: keep(width, scale), height: keep(height, scale) };
  if (recipe.width !== undefined) {
    return { width: recipe.width, height: recipe.height ?? keep(height, recipe.width / width) };
  }
  if (recipe.height === undefined) return { width, height };
  return { width: keep(width, recipe.height / height), height: recipe.height };
}

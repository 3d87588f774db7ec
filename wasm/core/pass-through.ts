/** JPEG frames of which nothing is asked: the camera's own file is the picture. */
import type { Frame } from "./frame.ts";
import { checkFrame } from "./frame-check.ts";
import { endsWithEoi, readJpegHeader } from "./jpeg-header.ts";
import { areLevels } from "./levels.ts";
import type { History, Picture } from "./picture.ts";
import type { Recipe } from "./recipe.ts";
import { sizeOf, turnOf } from "./turn.ts";
import { viewOf } from "./view.ts";

/**
 * The frame's file untouched, if the recipe asks nothing of its pixels. Quality and subsampling are about files written
 * here, so they ask nothing; nor does a range that leaves 8-bit levels as they are, nor any geometry that changes nothing.
 *
 * @returns undefined where the pixels have to be decoded
 * @throws as drawing does, for frames and recipes that contradict themselves; UnpackError for a file without a header
 */
export function passThrough(frame: Frame, recipe: Recipe, history: History): Picture | undefined {
  if (frame.codec !== "jpeg" || asksOfLevels(frame, recipe)) return undefined;
  if ((frame.planes ?? 1) !== 1) return undefined;
  checkFrame(frame);
  const header = readJpegHeader(frame.pixels);
  if (header.width !== frame.width || header.height !== frame.height) return undefined;
  // What browsers cannot show, or show broken, is left to the decoder: it says what is wrong.
  if (header.precision !== 8 || header.coding === "other") return undefined;
  if (header.components !== 1 && header.components !== 3) return undefined;
  if (!endsWithEoi(frame.pixels)) return undefined;
  // A grey file of a Bayer frame is not yet a picture.
  if (header.components === 1 && frame.colourMode === "bayer" && recipe.bayer !== "off") return undefined;
  const { width, height } = frame;
  const { plane, region, issues } = viewOf({ ...frame, colourMode: "mono" }, { ...recipe, bayer: "off" });
  const size = sizeOf(width, height, recipe);
  const cut = region.width !== width || region.height !== height;
  if (cut || turnOf(frame, recipe) !== 0 || size.width !== width || size.height !== height) return undefined;
  const shown = { ...region, plane, pictureWidth: width, pictureHeight: height };
  return { jpeg: frame.pixels, range: { low: 0, high: 255, issues: [] }, region: shown, issues, history };
}

/** A file of int8 holds the bytes as they were (NDPluginCodec.cpp): shown as it is, -1 would be white. */
function asksOfLevels({ sampleType }: Frame, recipe: Recipe): boolean {
  const { colour, bayer } = recipe;
  return !areLevels(sampleType, recipe) || colour !== undefined || (bayer !== undefined && bayer !== "off");
}

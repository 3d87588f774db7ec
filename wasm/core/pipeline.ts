/**
 * A frame on its way to a finished picture, stage by stage. What a recipe does not ask for is no call at all:
 *
 *     load → toColours → findRange → toLevels → shade → arrange
 *     loadShrunk ─────────────────────────────────────↗     8-bit levels that only become fewer
 *     load → toColours → findRange ─────────────────────→   left unscaled for the encoder, which scales on its way
 */
import { TURN } from "./abi.ts";
import { toColours } from "./colours.ts";
import type { Engine, Samples } from "./engine.ts";
import type { Frame } from "./frame.ts";
import { arrange } from "./geometry.ts";
import { findRange } from "./find-range.ts";
import { areLevels, isPlain, toLevels } from "./levels.ts";
import { load } from "./load.ts";
import type { Loaded } from "./load.ts";
import { loadShrunk } from "./load-shrunk.ts";
import type { History, PictureFacts, PictureIssue, PictureOptions } from "./picture.ts";
import { checkRecipe } from "./recipe-check.ts";
import type { Recipe } from "./recipe.ts";
import { shade } from "./shade.ts";
import { sizeOf, turnOf } from "./turn.ts";
import type { View } from "./view.ts";

/** Samples ready to be written as a file, and what is to be told of them. */
export interface Drawn {
  readonly samples: Samples;
  /** The samples are not levels yet: `facts.range` is to be applied. Only where the caller said it would. */
  readonly unscaled: boolean;
  readonly facts: PictureFacts;
}

/**
 * Draws a frame.
 *
 * @param scales whether the caller scales by itself if nothing but scaling is left to do
 * @throws FrameError, RecipeError contradiction, UnpackError, CoreError out-of-memory or too-large
 */
export function draw(
  engine: Engine,
  frame: Frame,
  recipe: Recipe,
  history: History,
  options: PictureOptions,
  scales = false,
): Drawn {
  checkRecipe(recipe);
  const loaded = loadAs(engine, frame, recipe, options);
  const { view } = loaded;
  const { samples: colours, measured } = toColours(engine, loaded);
  const { range, ...found } = findRange(engine, measured, recipe, history, options);
  const facts = { range, ...found };
  if (scales && !areLevels(colours.sampleType, recipe) && onlyScaled(frame, recipe, view)) {
    const region = regionOf(view, colours);
    return { samples: colours, unscaled: true, facts: { ...facts, region, issues: view.issues } };
  }
  const levels = toLevels(engine, colours, range, recipe);
  const shaded = shade(engine, levels, colours, range, recipe);
  const { samples, issues } = arrangeAs(engine, shaded.samples, view, frame, recipe);
  const all = [...view.issues, ...shaded.issues, ...issues];
  return { samples, unscaled: false, facts: { ...facts, region: regionOf(view, samples), issues: all } };
}

/** Only where every sample is to be counted, all of them are loaded. */
function loadAs(engine: Engine, frame: Frame, recipe: Recipe, options: PictureOptions): Loaded {
  const shrunk = options.statistics === true ? undefined : loadShrunk(engine, frame, recipe);
  return shrunk ?? load(engine, frame, recipe);
}

/** Turned and resized as the recipe says; what was shrunk while it was loaded is not shrunk again. */
export function arrangeAs(
  engine: Engine,
  samples: Samples,
  view: View,
  frame: Frame,
  recipe: Recipe,
): { readonly samples: Samples; readonly issues: readonly PictureIssue[] } {
  const { turn, size } = geometryOf(view, frame, recipe);
  return { samples: arrange(engine, samples, turn, size), issues: size.limited ? ["size-limited"] : [] };
}

/** What was shown of the frame, and as how many pixels. */
export function regionOf({ plane, region }: View, picture: Samples): PictureFacts["region"] {
  return { ...region, plane, pictureWidth: picture.width, pictureHeight: picture.height };
}

function geometryOf({ region }: View, frame: Frame, recipe: Recipe) {
  const turn = turnOf(frame, recipe);
  const { width, height } = region;
  const [wide, high] = (turn & TURN.transpose) === 0 ? [width, height] : [height, width];
  return { turn, size: sizeOf(wide, high, recipe) };
}

function onlyScaled(frame: Frame, recipe: Recipe, view: View): boolean {
  if (!isPlain(recipe) || recipe.saturated === true) return false;
  const { turn, size } = geometryOf(view, frame, recipe);
  return turn === 0 && size.width === view.region.width && size.height === view.region.height;
}

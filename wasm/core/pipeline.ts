/**
 * A frame on its way to a finished picture, stage by stage. What a recipe does not ask for is no call at all:
 *
 *     load → toColours → rangeOf → toLevels → arrange
 */
import { toColours } from "./colours.ts";
import type { Engine, Samples } from "./engine.ts";
import type { Frame } from "./frame.ts";
import { arrange } from "./geometry.ts";
import { rangeOf, toLevels } from "./levels.ts";
import { load } from "./load.ts";
import type { History, PictureFacts, PictureIssue } from "./picture.ts";
import { checkRecipe } from "./recipe-check.ts";
import type { Recipe } from "./recipe.ts";
import { sizeOf, turnOf } from "./turn.ts";
import type { View } from "./view.ts";

/** 8-bit samples ready to be written as a file, and what is to be told of them. */
export interface Drawn {
  readonly samples: Samples;
  readonly facts: PictureFacts;
}

/**
 * Draws a frame.
 *
 * @throws FrameError, RecipeError contradiction, UnpackError, CoreError out-of-memory or too-large
 */
export function draw(engine: Engine, frame: Frame, recipe: Recipe, history: History): Drawn {
  checkRecipe(recipe);
  const loaded = load(engine, frame, recipe);
  const colours = toColours(engine, loaded);
  const range = rangeOf(engine, colours, recipe);
  const levels = toLevels(engine, colours, range);
  const { samples, issues } = arrangeAs(engine, levels, frame, recipe);
  const region = regionOf(loaded.view, samples);
  return { samples, facts: { range, region, issues: [...loaded.view.issues, ...issues], history } };
}

/** Turned and resized as the recipe says. */
export function arrangeAs(
  engine: Engine,
  samples: Samples,
  frame: Frame,
  recipe: Recipe,
): { readonly samples: Samples; readonly issues: readonly PictureIssue[] } {
  const turn = turnOf(frame, recipe);
  const { width, height } = samples;
  const [wide, high] = (turn & 1) === 0 ? [width, height] : [height, width];
  const size = sizeOf(wide, high, recipe);
  return { samples: arrange(engine, samples, turn, size), issues: size.limited ? ["size-limited"] : [] };
}

/** What was shown of the frame, and as how many pixels. */
export function regionOf({ plane, region }: View, picture: Samples): PictureFacts["region"] {
  return { ...region, plane, pictureWidth: picture.width, pictureHeight: picture.height };
}

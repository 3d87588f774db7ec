/** Reads a recipe from names and values as a viewer wrote them. */
import { BAYER_PATTERNS, FRAME_MODES } from "./frame.ts";
import { checkRecipe } from "./recipe-check.ts";
import { curve, factor, oneOf, range, rectangle, whole, wordOf } from "./recipe-values.ts";
import { DEFAULT_RECIPE, ENCODERS, FLIPS, MAPS, ROTATIONS, SUBSAMPLINGS } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

/** Pixels a side of a finished picture: as many as libjpeg takes (JPEG_MAX_DIMENSION), and with it every browser. */
export const LARGEST_SIDE = 65500;

/** Elements of an array are counted in 32 bits. */
const LARGEST_INDEX = 2 ** 31 - 1;

/** Words of a recipe; undefined asks for what there is without asking, whatever the caller's defaults are. */
type Words = { readonly [name in keyof Recipe]?: Recipe[name] | undefined };

const READERS: Readonly<Record<string, (option: string, value: string) => Words>> = {
  range: (option, value) => ({ range: range(option, value) }),
  quality: (option, value) => ({ quality: whole(option, value, 1, 100) }),
  subsampling: (option, value) => ({ subsampling: oneOf(option, value, SUBSAMPLINGS) }),
  encoder: (option, value) => ({ encoder: oneOf(option, value, ENCODERS) }),
  curve: (option, value) => ({ curve: curve(option, value) }),
  map: (option, value) => ({ map: wordOf(option, value, MAPS, "grey") }),
  saturated: (option, value) => ({ saturated: oneOf(option, value, ["on", "off"]) === "on" || undefined }),
  colour: (option, value) => ({ colour: wordOf(option, value, FRAME_MODES, "auto") }),
  bayer: (option, value) => ({ bayer: wordOf(option, value, [...BAYER_PATTERNS, "off"] as const, "auto") }),
  plane: (option, value) => ({ plane: whole(option, value, 0, LARGEST_INDEX) || undefined }),
  roi: (option, value) => ({ roi: rectangle(option, value, LARGEST_INDEX) }),
  width: (option, value) => ({ width: whole(option, value, 1, LARGEST_SIDE) }),
  height: (option, value) => ({ height: whole(option, value, 1, LARGEST_SIDE) }),
  scale: (option, value) => ({ scale: factor(option, value) }),
  flip: (option, value) => ({ flip: oneOf(option, value, FLIPS) }),
  rotate: (option, value) => ({ rotate: oneOf(option, value, ROTATIONS) }),
  reverse: (option, value) => ({
    undoReverse: oneOf(option, value, ["keep", "undo"]) === "undo" || undefined,
  }),
  huffman: (option, value) => ({
    adaptiveHuffman: oneOf(option, value, ["standard", "adaptive"]) === "adaptive" || undefined,
  }),
  comment: (option, value) => ({ comment: oneOf(option, value, ["on", "off"]) === "on" || undefined }),
};

/** The names that {@link parseRecipe} reads. */
export const RECIPE_OPTIONS: readonly string[] = Object.keys(READERS);

/**
 * Reads every option of {@link RECIPE_OPTIONS}. Other names are left to whoever knows them (`fps`, …).
 *
 * @param options names and values as the viewer wrote them, percent-decoded
 * @param defaults what an absent option means here, before {@link DEFAULT_RECIPE} is asked
 * @throws RecipeError bad-option for the first bad value; contradiction where two options cannot both be had
 */
export function parseRecipe(options: ReadonlyMap<string, string>, defaults: Partial<Recipe> = {}): Recipe {
  let asked: Words = {};
  for (const [option, read] of Object.entries(READERS)) {
    const value = options.get(option);
    if (value !== undefined) asked = { ...asked, ...read(option, value) };
  }
  const recipe = withoutAbsent({ ...DEFAULT_RECIPE, ...sizesOf(defaults, asked), ...asked });
  checkRecipe(recipe);
  return recipe;
}

/** A viewer that says how large the picture shall be has none of the caller's default sizes besides. */
function sizesOf(defaults: Partial<Recipe>, asked: Words): Words {
  if (asked.scale === undefined && asked.width === undefined && asked.height === undefined) return defaults;
  return { ...defaults, width: undefined, height: undefined, scale: undefined };
}

function withoutAbsent(words: Words): Recipe {
  return Object.fromEntries(
    Object.entries(words).filter(([, word]) => word !== undefined),
  ) as unknown as Recipe;
}

/** Writes recipes as texts that are equal exactly when two recipes are. */
import type { CurveWish, RangeWish, Recipe } from "./recipe.ts";

/**
 * The canonical key of a recipe, in the words of a query string, options in one order, those not asked left out (but the
 * first four). An unasked range is its own kind and written as `range=default`, which parseRecipe does not take.
 */
export function recipeKey(recipe: Recipe): string {
  const { range, quality, subsampling, encoder, roi } = recipe;
  const words: readonly (readonly [string, string | number | undefined])[] = [
    ["range", rangeWord(range)],
    ["quality", quality],
    ["subsampling", subsampling],
    ["encoder", encoder],
    ["curve", curveWord(recipe.curve)],
    ["map", recipe.map === "grey" ? undefined : recipe.map],
    ["saturated", recipe.saturated === true ? "on" : undefined],
    ["colour", recipe.colour],
    ["bayer", recipe.bayer],
    ["plane", recipe.plane === 0 ? undefined : recipe.plane],
    ["roi", roi === undefined ? undefined : `${roi.x},${roi.y},${roi.width},${roi.height}`],
    ["width", recipe.width],
    ["height", recipe.height],
    ["scale", recipe.scale === 1 ? undefined : recipe.scale],
    ["flip", recipe.flip],
    ["rotate", recipe.rotate],
    ["reverse", recipe.undoReverse === true ? "undo" : undefined],
    ["huffman", recipe.adaptiveHuffman === true ? "adaptive" : undefined],
    ["comment", recipe.comment === true ? "on" : undefined],
  ];
  const asked = words.filter(([, word]) => word !== undefined);
  return asked.map(([option, word]) => `${option}=${word}`).join("&");
}

/** `+ 0` makes -0 the same as 0. */
function rangeWord(range: RangeWish): string {
  if (range.kind === "fixed") return `${range.low + 0},${range.high + 0}`;
  return range.kind === "percentile" ? `auto:${range.low + 0},${range.high + 0}` : range.kind;
}

function curveWord(curve: CurveWish | undefined): string | undefined {
  if (curve === undefined || curve.kind === "linear") return undefined;
  if (curve.kind !== "gamma") return curve.kind;
  return curve.gamma === 1 ? undefined : `gamma:${curve.gamma}`;
}

/** Finds wishes that cannot both be had. What a frame has not is found where the frame is known (view.ts). */
import { RecipeError } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

/**
 * Holds a recipe to itself.
 *
 * @throws RecipeError contradiction, naming the option that should go
 */
export function checkRecipe(recipe: Recipe): void {
  const { colour, bayer, scale, width, height } = recipe;
  if (scale !== undefined && (width !== undefined || height !== undefined)) {
    const sides = [width && `width=${width}`, height && `height=${height}`].filter(Boolean).join(" and ");
    throw contradiction(
      "scale",
      String(scale),
      `only where neither width nor height is given, and ${sides} is`,
    );
  }
  if (bayer === undefined || colour === undefined) return;
  if (bayer === "off" && colour === "bayer") {
    throw contradiction("bayer", bayer, "a pattern where colour=bayer is asked");
  }
  if (bayer !== "off" && colour !== "bayer") {
    throw contradiction("bayer", bayer, `only of use with colour=auto or colour=bayer, not colour=${colour}`);
  }
}

function contradiction(option: string, value: string, allowed: string): RecipeError {
  return new RecipeError(option, value, allowed, "contradiction");
}

/** Which way a picture is turned and how large it becomes. Only numbers. */
import { TURN } from "./abi.ts";
import type { Frame } from "./frame.ts";
import { RecipeError } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";
import { LARGEST_SIDE } from "./recipe-parse.ts";

/** Pixels of a picture that is made larger than the frame's region: 8192 × 8192. */
const MOST_PIXELS = 2 ** 26;

/**
 * The turn that a recipe asks for as one: the dimensions' reversal undone if asked, then flip, then rotation.
 *
 * @returns bits of TURN, 0 for none: rows become columns first, then the result is flipped
 */
export function turnOf(frame: Pick<Frame, "reverseX" | "reverseY">, recipe: Recipe): number {
  const { undoReverse = false, flip = "", rotate = "0" } = recipe;
  let flipX = (undoReverse && frame.reverseX === true) !== flip.includes("x");
  let flipY = (undoReverse && frame.reverseY === true) !== flip.includes("y");
  if (rotate === "180") return bits(false, !flipX, !flipY);
  if (rotate === "0") return bits(false, flipX, flipY);
  // Rows become columns, and with them what was left is above; a quarter turn is that and a flip.
  [flipX, flipY] = [flipY, flipX];
  return rotate === "90" ? bits(true, !flipX, flipY) : bits(true, flipX, !flipY);
}

function bits(transpose: boolean, flipX: boolean, flipY: boolean): number {
  return (transpose ? TURN.transpose : 0) | (flipX ? TURN.flipX : 0) | (flipY ? TURN.flipY : 0);
}

/** Pixels, and whether they are fewer than asked. */
export interface Size {
  readonly width: number;
  readonly height: number;
  readonly limited: boolean;
}

/**
 * The size of the finished picture, given that of the turned region. Sides that follow from others are at least 1 and
 * keep the aspect; what they would have above the limits is taken from both.
 *
 * @throws RecipeError contradiction where width and height were both asked and are more pixels than the limit
 */
export function sizeOf(width: number, height: number, recipe: Recipe): Size {
  const limit = Math.max(MOST_PIXELS, width * height);
  if (recipe.width !== undefined && recipe.height !== undefined) {
    const pixels = recipe.width * recipe.height;
    if (pixels <= limit) return { width: recipe.width, height: recipe.height, limited: false };
    const allowed = `of at most ${limit} pixels with height=${recipe.height}, not ${pixels}`;
    throw new RecipeError("width", String(recipe.width), allowed, "contradiction");
  }
  const factor = factorOf(width, height, recipe);
  if (factor === undefined) return { width, height, limited: false };
  const longest = Math.max(width, height);
  // What is no larger than the frame is not limited: it was there.
  const most = Math.max(1, Math.min(LARGEST_SIDE / longest, Math.sqrt(limit / (width * height))));
  const applied = Math.min(factor, most);
  const side = (pixels: number) => Math.max(1, Math.round(pixels * applied));
  const limited = applied < factor;
  return {
    width: limited ? side(width) : (recipe.width ?? side(width)),
    height: limited ? side(height) : (recipe.height ?? side(height)),
    limited,
  };
}

function factorOf(width: number, height: number, recipe: Recipe): number | undefined {
  if (recipe.width !== undefined) return recipe.width / width;
  return recipe.height !== undefined ? recipe.height / height : recipe.scale;
}

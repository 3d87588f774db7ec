/** Readers of single option values. Each throws RecipeError bad-option with what is allowed in words. */
import { RecipeError } from "./recipe.ts";
import type { CurveWish, RangeWish, Rectangle } from "./recipe.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Beyond these a gamma curve is black or white all over. */
const LEAST_GAMMA = 0.05;
const LARGEST_GAMMA = 20;

const LARGEST_FACTOR = 64;

/** One of `words`. */
export function oneOf<T extends string>(option: string, value: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new RecipeError(option, value, `one of ${words.join(", ")}`);
  return found;
}

/** One of `words`, or undefined for `plain`, the word for not asking. */
export function wordOf<T extends string, P extends string>(
  option: string,
  value: string,
  words: readonly T[],
  plain: P,
): Exclude<T, P> | undefined {
  const known: readonly (T | P)[] = words.includes(plain as never) ? words : [plain, ...words];
  const found = oneOf(option, value, known);
  return found === plain ? undefined : (found as Exclude<T, P>);
}

/** A whole number in decimal digits. */
export function whole(option: string, value: string, least: number, most: number): number {
  const digits = String(most).length;
  const found = /^\d+$/.test(value) && value.length <= digits ? Number(value) : NaN;
  if (found >= least && found <= most) return found;
  throw new RecipeError(option, value, `a whole number from ${least} to ${most}`);
}

/** `auto`, `auto:LO,HI` in percent, `full` or `LO,HI` in sample values. */
export function range(option: string, value: string): RangeWish {
  if (value === "auto" || value === "full") return { kind: value };
  const percent = value.startsWith("auto:");
  const [low, high] = pair(percent ? value.slice(5) : value);
  if (percent && low >= 0 && high <= 100 && low < high) return percentiles(low, high);
  if (!percent && low < high) return { kind: "fixed", low, high };
  const fixed = "LO,HI: two finite numbers, the first below the second";
  throw new RecipeError(option, value, `auto, auto:LO,HI with percentiles from 0 to 100, full, or ${fixed}`);
}

/** The outermost percentiles are the smallest and the largest sample. */
function percentiles(low: number, high: number): RangeWish {
  return low === 0 && high === 100 ? { kind: "auto" } : { kind: "percentile", low: low + 0, high };
}

/** `linear` (undefined), `log`, `sqrt` or `gamma:G`; a gamma of 1 is linear. */
export function curve(option: string, value: string): CurveWish | undefined {
  if (value === "linear") return undefined;
  if (value === "log" || value === "sqrt") return { kind: value };
  const gamma = value.startsWith("gamma:") ? numberOf(value.slice(6)) : NaN;
  if (gamma === 1) return undefined;
  if (gamma >= LEAST_GAMMA && gamma <= LARGEST_GAMMA) return { kind: "gamma", gamma };
  const gammas = `gamma:G with G from ${LEAST_GAMMA} to ${LARGEST_GAMMA}`;
  throw new RecipeError(option, value, `linear, log, sqrt, or ${gammas}`);
}

/** `X,Y,W,H`, whole; W and H at least 1. Where it lies outside the frame it is clamped later. */
export function rectangle(option: string, value: string, most: number): Rectangle {
  const parts = value.split(",").map((part) => (/^\s*\d{1,10}\s*$/.test(part) ? Number(part) : NaN));
  const [x = NaN, y = NaN, width = NaN, height = NaN] = parts;
  const fits = parts.length === 4 && x >= 0 && y >= 0 && width >= 1 && height >= 1;
  if (fits && Math.max(...parts) <= most) return { x, y, width, height };
  const each = `whole numbers up to ${most}, W and H at least 1`;
  throw new RecipeError(option, value, `X,Y,W,H in pixels of the array: ${each}`);
}

/** A factor above 0; 1 asks for nothing. */
export function factor(option: string, value: string): number | undefined {
  const found = numberOf(value);
  if (found === 1) return undefined;
  if (found > 0 && found <= LARGEST_FACTOR) return found;
  throw new RecipeError(option, value, `a number above 0, at most ${LARGEST_FACTOR}`);
}

function pair(value: string): [number, number] {
  const parts = value.split(",").map((part) => numberOf(part.trim()));
  const [low = NaN, high = NaN] = parts.length === 2 ? parts : [];
  return [low, high];
}

/** NaN if it is no finite number in decimal. */
function numberOf(value: string): number {
  const found = NUMBER.test(value) ? Number(value) : NaN;
  return Number.isFinite(found) ? found : NaN;
}

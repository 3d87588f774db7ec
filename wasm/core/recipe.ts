/** What a viewer may ask for: parsed, validated, with a canonical key. The words are those of query strings. */

/** How the range that becomes black to white is chosen. */
export type RangeWish =
  /** Nothing was asked: 0 to 255 for uint8 (shown as it is), `auto` for all others. */
  | { readonly kind: "default" }
  /** Smallest to largest finite sample of the frame. */
  | { readonly kind: "auto" }
  /** The sample type's own range; 0 to 1 for floats. */
  | { readonly kind: "full" }
  /** Low is drawn black and high white, in sample values. */
  | { readonly kind: "fixed"; readonly low: number; readonly high: number };

const ENCODERS = ["auto", "fast", "mozjpeg"] as const;
/** Who writes the JPEG; `auto` leaves it to the server's rule. */
export type EncoderWish = (typeof ENCODERS)[number];

const SUBSAMPLINGS = ["420", "444"] as const;
/** Resolution of colour in the JPEG: a quarter, or full. Without meaning for mono. */
export type Subsampling = (typeof SUBSAMPLINGS)[number];

/** One way of making a picture of a frame. Two viewers with equal recipes share every encode. */
export interface Recipe {
  readonly range: RangeWish;
  /** JPEG quality, whole, 1 to 100, on libjpeg's scale. */
  readonly quality: number;
  readonly subsampling: Subsampling;
  readonly encoder: EncoderWish;
}

/** The recipe of a viewer who asks for nothing. */
export const DEFAULT_RECIPE: Recipe = {
  range: { kind: "default" },
  quality: 92,
  subsampling: "420",
  encoder: "auto",
};

/** An option whose value is not allowed. `value` is what was asked, `allowed` what may be, in words. */
export class RecipeError extends Error {
  override readonly name = "RecipeError";
  readonly code = "bad-option";
  readonly option: string;
  readonly value: string;
  readonly allowed: string;

  constructor(option: string, value: string, allowed: string) {
    super(`${option}=${value} is not allowed: ${option} is ${allowed}`);
    this.option = option;
    this.value = value;
    this.allowed = allowed;
  }
}

/**
 * Reads `range`, `quality`, `subsampling` and `encoder`. Other names are left to whoever knows them (`fps`, …).
 *
 * @param options names and values as the viewer wrote them, percent-decoded
 * @param defaults what an absent option means here, before {@link DEFAULT_RECIPE} is asked
 * @throws RecipeError for the first bad value
 */
export function parseRecipe(options: ReadonlyMap<string, string>, defaults: Partial<Recipe> = {}): Recipe {
  const otherwise = { ...DEFAULT_RECIPE, ...defaults };
  const read = <T>(option: string, parse: (option: string, value: string) => T, absent: T): T => {
    const value = options.get(option);
    return value === undefined ? absent : parse(option, value);
  };
  return {
    range: read("range", parseRange, otherwise.range),
    quality: read("quality", parseQuality, otherwise.quality),
    subsampling: read("subsampling", oneOf(SUBSAMPLINGS), otherwise.subsampling),
    encoder: read("encoder", oneOf(ENCODERS), otherwise.encoder),
  };
}

/**
 * A text that is equal exactly when two recipes are; in the words of a query string, options in one order.
 * An unasked range is its own kind and written as `range=default`, which {@link parseRecipe} does not take.
 */
export function recipeKey(recipe: Recipe): string {
  const { range, quality, subsampling, encoder } = recipe;
  // `+ 0` makes -0 the same as 0.
  const asked = range.kind === "fixed" ? `${range.low + 0},${range.high + 0}` : range.kind;
  return `range=${asked}&quality=${quality}&subsampling=${subsampling}&encoder=${encoder}`;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parseRange(option: string, value: string): RangeWish {
  if (value === "auto" || value === "full") return { kind: value };
  const parts = value.split(",").map((part) => part.trim());
  const [low, high] = parts.map((part) => (NUMBER.test(part) ? Number(part) : NaN));
  if (parts.length === 2 && Number.isFinite(low) && Number.isFinite(high) && low! < high!) {
    return { kind: "fixed", low: low!, high: high! };
  }
  throw new RecipeError(
    option,
    value,
    "auto, full, or LO,HI: two finite numbers, the first below the second",
  );
}

function parseQuality(option: string, value: string): number {
  const quality = /^\d{1,3}$/.test(value) ? Number(value) : NaN;
  if (quality >= 1 && quality <= 100) return quality;
  throw new RecipeError(option, value, "a whole number from 1 to 100");
}

function oneOf<T extends string>(words: readonly T[]): (option: string, value: string) => T {
  return (option, value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new RecipeError(option, value, `one of ${words.join(", ")}`);
    return found;
  };
}

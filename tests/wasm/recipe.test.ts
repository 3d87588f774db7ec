import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DEFAULT_RECIPE, RecipeError, parseRecipe, recipeKey } from "../../wasm/core/index.ts";
import type { RangeWish, Recipe } from "../../wasm/core/index.ts";

function parse(options: Record<string, string>, defaults?: Partial<Recipe>): Recipe {
  return parseRecipe(new Map(Object.entries(options)), defaults);
}

function faultOf(options: Record<string, string>): RecipeError {
  try {
    parse(options);
  } catch (fault) {
    if (fault instanceof RecipeError) return fault;
    throw fault;
  }
  throw new Error("nothing was thrown");
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const range: fc.Arbitrary<RangeWish> = fc.oneof(
  fc.constantFrom<RangeWish>({ kind: "auto" }, { kind: "full" }),
  fc
    .tuple(finite, finite)
    .filter(([a, b]) => a !== b)
    .map(([a, b]): RangeWish => ({ kind: "fixed", low: Math.min(a, b) + 0, high: Math.max(a, b) + 0 })),
);
const recipe: fc.Arbitrary<Recipe> = fc.record({
  range,
  quality: fc.integer({ min: 1, max: 100 }),
  subsampling: fc.constantFrom("420", "422", "444"),
  encoder: fc.constantFrom("auto", "fast", "mozjpeg"),
});

describe("a recipe", () => {
  test("is the default one when nothing is asked", () => {
    const expected = { range: { kind: "default" }, quality: 92, subsampling: "420", encoder: "auto" };
    expect(parse({})).toEqual(expected as Recipe);
    expect(DEFAULT_RECIPE).toEqual(expected as Recipe);
  });

  test("takes the caller's defaults for what is absent and the viewer's words for what is not", () => {
    const defaults = { quality: 50, range: { kind: "full" } } as const;
    expect(parse({ quality: "77" }, defaults)).toEqual({
      ...DEFAULT_RECIPE,
      range: { kind: "full" },
      quality: 77,
    });
  });

  test("leaves options of others alone", () => {
    expect(parse({ fps: "never", placeholder: "1" })).toEqual(DEFAULT_RECIPE);
  });

  test("reads ranges of every kind", () => {
    expect(parse({ range: "auto" }).range).toEqual({ kind: "auto" });
    expect(parse({ range: "full" }).range).toEqual({ kind: "full" });
    expect(parse({ range: "0,4095" }).range).toEqual({ kind: "fixed", low: 0, high: 4095 });
    expect(parse({ range: " -1.5e3 , +.25 " }).range).toEqual({ kind: "fixed", low: -1500, high: 0.25 });
  });

  test("refuses a bad value with the option, the value and what is allowed", () => {
    const bad: Record<string, string[]> = {
      range: [
        "",
        "AUTO",
        "5",
        "5,",
        ",5",
        "5,5",
        "6,5",
        "1,2,3",
        "0x10,20",
        "a,b",
        "NaN,1",
        "0,Infinity",
        "0,1e999",
        "1 2,3",
      ],
      quality: ["", "0", "101", "92.5", "-1", "1e1", "high", " 92", "0000092"],
      subsampling: ["", "411", "4:2:0", "full"],
      encoder: ["", "Fast", "turbo", "toString"],
    };
    for (const [option, values] of Object.entries(bad)) {
      for (const value of values) {
        const fault = faultOf({ [option]: value });
        expect(fault).toMatchObject({ code: "bad-option", option, value });
        expect(fault.message).toBe(`${option}=${value} is not allowed: ${option} is ${fault.allowed}`);
      }
    }
  });

  test("says what is allowed in words that can be shown", () => {
    expect(faultOf({ encoder: "x" }).allowed).toBe("one of auto, fast, mozjpeg");
    expect(faultOf({ quality: "x" }).allowed).toBe("a whole number from 1 to 100");
  });

  test("has a key that reads back as the same recipe", () => {
    fc.assert(
      fc.property(recipe, (asked) => {
        const options = new Map(new URLSearchParams(recipeKey(asked).replaceAll("+", "%2B")));
        expect(parseRecipe(options, {})).toEqual(asked);
      }),
    );
  });

  test("has equal keys for equal recipes however they were written", () => {
    expect(recipeKey(parse({ range: "-0,1e3" }))).toBe(
      recipeKey(parse({ range: "0,1000.0", quality: "92" })),
    );
    expect(recipeKey(parse({ quality: "092" }))).toBe(recipeKey(DEFAULT_RECIPE));
  });

  test("has a key of its own for every way of choosing a range", () => {
    const ranges = [{}, { range: "auto" }, { range: "full" }, { range: "0,255" }].map((asked) =>
      recipeKey(parse(asked)),
    );
    expect(new Set(ranges).size).toBe(4);
  });
});

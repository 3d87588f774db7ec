import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  BAYER_PATTERNS,
  DEFAULT_RECIPE,
  FRAME_MODES,
  MAPS,
  RecipeError,
  parseRecipe,
  recipeKey,
} from "../../wasm/core/index.ts";
import type { CurveWish, RangeWish, Recipe } from "../../wasm/core/index.ts";

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
  fc.constantFrom<RangeWish>(
    { kind: "auto" },
    { kind: "full" },
    { kind: "percentile", low: 0.5, high: 99.5 },
  ),
  fc
    .tuple(finite, finite)
    .filter(([a, b]) => a !== b)
    .map(([a, b]): RangeWish => ({ kind: "fixed", low: Math.min(a, b) + 0, high: Math.max(a, b) + 0 })),
);
const side = fc.integer({ min: 1, max: 65500 });
/** Everything that is only there when it is asked for. */
const wishes = fc.record(
  {
    curve: fc.constantFrom<CurveWish>({ kind: "log" }, { kind: "sqrt" }, { kind: "gamma", gamma: 2.2 }),
    map: fc.constantFrom(...MAPS.filter((map) => map !== "grey")),
    saturated: fc.constant(true),
    comment: fc.constant(true),
    plane: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    roi: fc.record({ x: fc.nat(), y: fc.nat(), width: side, height: side }),
    width: side,
    height: side,
    flip: fc.constantFrom("x", "y", "xy"),
    rotate: fc.constantFrom("90", "180", "270"),
    undoReverse: fc.constant(true),
    adaptiveHuffman: fc.constant(true),
  },
  { requiredKeys: [] },
);
const colours = fc.oneof(
  fc.constant({}),
  fc.record({ colour: fc.constantFrom(...FRAME_MODES) }),
  fc.record({ bayer: fc.constantFrom(...BAYER_PATTERNS, "off") }),
);
const plain = fc.record({
  range,
  quality: fc.integer({ min: 1, max: 100 }),
  subsampling: fc.constantFrom("420", "422", "444"),
  encoder: fc.constantFrom("auto", "fast", "mozjpeg"),
});

const recipe = fc
  .tuple(plain, wishes, colours)
  .map(([first, second, third]) => ({ ...first, ...second, ...third }));

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
      curve: ["", "cubic", "gamma", "gamma:", "gamma:0", "gamma:-1", "gamma:21", "gamma:x", "log:2"],
      map: ["", "gray", "Viridis", "toString"],
      saturated: ["", "1", "true", "red"],
      comment: ["", "1", "hello"],
      colour: ["", "rgb", "cmyk", "bayer-rggb"],
      bayer: ["", "rgbg", "on", "RGGB"],
      plane: ["", "-1", "1.5", "2147483648", "1e3", "x"],
      roi: [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "0,0,0,4",
        "0,0,4,0",
        "-1,0,4,4",
        "0,0,4,2147483648",
        "a,b,c,d",
        "1.5,0,2,2",
      ],
      width: ["", "0", "65501", "1.5", "-3", "auto"],
      height: ["", "0", "65501"],
      scale: ["", "0", "-1", "65", "NaN", "Infinity", "1/2"],
      flip: ["", "z", "yx", "X"],
      rotate: ["", "0", "45", "-90", "360"],
      reverse: ["", "on", "x"],
      huffman: ["", "optimal", "Adaptive"],
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

  test("is the same whether plain things are asked for or not", () => {
    const asked = {
      curve: "linear",
      map: "grey",
      saturated: "off",
      colour: "auto",
      bayer: "auto",
      plane: "0",
      scale: "1.0",
      reverse: "keep",
      huffman: "standard",
    };
    expect(parse(asked)).toEqual(DEFAULT_RECIPE);
    expect(Object.keys(parse(asked))).toEqual(Object.keys(DEFAULT_RECIPE));
    expect(recipeKey(parse({ ...asked, curve: "gamma:1" }))).toBe(recipeKey(DEFAULT_RECIPE));
    expect(recipeKey({ ...DEFAULT_RECIPE, map: "grey", plane: 0, scale: 1 })).toBe(recipeKey(DEFAULT_RECIPE));
    expect(parse({ range: "auto:0,100" }).range).toEqual({ kind: "auto" });
  });

  test("takes back what the caller's defaults ask for", () => {
    const defaults = { map: "jet", saturated: true, scale: 0.5 } as const;
    expect(parse({ map: "grey", saturated: "off", scale: "1" }, defaults)).toEqual(DEFAULT_RECIPE);
    expect(parse({ width: "100" }, defaults)).toEqual({
      ...DEFAULT_RECIPE,
      map: "jet",
      saturated: true,
      width: 100,
    });
  });

  test("that asks for two things at once is refused with both", () => {
    for (const [options, option] of [
      [{ scale: "2", width: "10", height: "20" }, "scale"],
      [{ bayer: "off", colour: "bayer" }, "bayer"],
      [{ bayer: "rggb", colour: "rgb1" }, "bayer"],
    ] as const) {
      expect(faultOf(options)).toMatchObject({ code: "contradiction", option });
    }
    expect(faultOf({ scale: "2", width: "10" }).allowed).toContain("width=10");
  });

  test("has a key of its own for every way of choosing a range", () => {
    const ranges = [{}, { range: "auto" }, { range: "full" }, { range: "0,255" }].map((asked) =>
      recipeKey(parse(asked)),
    );
    expect(new Set(ranges).size).toBe(4);
  });
});

import { expect, test } from "bun:test";
import fc from "fast-check";
import { Glob } from "../../server/http/access-glob.ts";

test.each([
  ["*", "CAM:PVA/OUTPUT", true],
  ["*", "", true],
  ["CAM:*", "CAM:", true],
  ["CAM:*", "CAM:A/B:C", true],
  ["CAM:*", "XCAM:A", false],
  ["CAM:*", "cam:A", false],
  ["*:Image", "13SIM1:Pva1:Image", true],
  ["*:Image", "13SIM1:Pva1:Image2", false],
  ["13SIM?:*", "13SIM1:Pva1:Image", true],
  ["13SIM?:*", "13SIM:Pva1:Image", false],
  ["BL[0-35]:*", "BL2:C", true],
  ["BL[0-35]:*", "BL4:C", false],
  ["BL[0-35]:*", "BL5:C", true],
  ["BL[!0-3]:C", "BL4:C", true],
  ["BL[!0-3]:C", "BL3:C", false],
  ["BL[!]0]:C", "BL1:C", true],
  ["BL[!]0]:C", "BL]:C", false],
  ["A[[]1]", "A[1]", true],
  ["A[]x]", "A]", true],
  ["A[x", "A[x", true],
  ["A[", "A[", true],
  ["A[]", "A[]", true],
  ["[a-]", "-", true],
  ["[*]", "*", true],
  ["[*]", "x", false],
  ["a.c", "abc", false],
  ["(a+)+$", "(a+)+$", true],
  ["?", "😀", true],
  ["**a**b", "xxaxxb", true],
  ["", "", true],
  ["", "a", false],
])("the pattern %p fits %p: %p", (pattern, name, fits) => {
  expect(new Glob(pattern).matches(name)).toBe(fits);
});

/** The same by regular expressions, which go another way about it. */
function fitsByExpression(pattern: string, name: string): boolean {
  const source = Array.from(pattern)
    .map((character) =>
      character === "*"
        ? "[^]*"
        : character === "?"
          ? "[^]"
          : `\\u{${character.codePointAt(0)!.toString(16)}}`,
    )
    .join("");
  return new RegExp(`^${source}$`, "u").test(name);
}

test("patterns of * and ? fit what the same regular expression fits", () => {
  const few = fc.string({ unit: fc.constantFrom("a", "b", ":", "/", "😀"), maxLength: 10 });
  const patterns = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?", "😀"), maxLength: 8 });
  let fitting = 0;
  fc.assert(
    fc.property(patterns, few, (pattern, name) => {
      const fits = fitsByExpression(pattern, name);
      if (fits) fitting++;
      return new Glob(pattern).matches(name) === fits;
    }),
    { numRuns: 3000 },
  );
  expect(fitting).toBeGreaterThan(100);
});

test("a name fits itself, whatever its characters, when those that mean something stand in brackets", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20 }), (name) => {
      const pattern = Array.from(name).map((character) =>
        "*?[".includes(character) ? `[${character}]` : character,
      );
      expect(new Glob(pattern.join("")).matches(name)).toBe(true);
    }),
  );
});

test("any text is a pattern, and to compare it with any name ends", () => {
  const garbage = fc.string({
    unit: fc.constantFrom("a", "b", "*", "?", "[", "]", "!", "-", "^", "\\"),
    maxLength: 40,
  });
  fc.assert(
    fc.property(garbage, garbage, (pattern, name) => typeof new Glob(pattern).matches(name) === "boolean"),
  );
});

test("a pattern made to be slow takes no more than pattern × name steps", () => {
  const started = performance.now();
  expect(new Glob("*a".repeat(100) + "*b").matches("a".repeat(500))).toBe(false);
  expect(performance.now() - started).toBeLessThan(200);
});

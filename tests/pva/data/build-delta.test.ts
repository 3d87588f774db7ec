import { expect, test } from "bun:test";
import { buildDelta } from "../../../server/pva/data/build-delta.ts";
import { BitSet, scalar, structure } from "../../../server/pva/index.ts";

const TYPE = structure("", [
  { name: "a", type: scalar("int") },
  {
    name: "b",
    type: structure("", [
      { name: "c", type: scalar("long") },
      { name: "d", type: scalar("string") },
    ]),
  },
  { name: "e", type: scalar("string") },
]);

test("a change marks the fields given, inside structures too, and leaves the rest at their defaults", () => {
  const { value, changed } = buildDelta(TYPE, { b: { c: 5 }, e: "x" });
  expect(changed).toEqual(BitSet.of(3, 5));
  expect(value.field("b.c")).toBe(5n);
  expect(value.field("e")).toBe("x");
  expect(value.field("a")).toBe(0);
});

test("a change of what is not there is refused, at any depth", () => {
  expect(() => buildDelta(TYPE, { x: 1 })).toThrow("no member x");
  expect(() => buildDelta(TYPE, { b: { x: 1 } })).toThrow("no member x");
  expect(() => buildDelta(TYPE, JSON.parse('{"__proto__": 1}') as Record<string, number>)).toThrow(
    "no member",
  );
});

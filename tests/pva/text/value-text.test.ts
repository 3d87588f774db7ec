import { expect, test } from "bun:test";
import { buildStructure } from "../../../server/pva/data/build-value.ts";
import {
  anyArray,
  anyType,
  scalar,
  scalarArray,
  structure,
  union,
} from "../../../server/pva/data/type-description.ts";
import { AnyValue, ArrayElsewhere, StructureValue, UnionValue } from "../../../server/pva/data/value.ts";
import { ntScalar } from "../../../server/pva/nt/nt-scalar.ts";
import { TIME_TYPE } from "../../../server/pva/nt/time-and-alarm.ts";
import { shortText, valueLines, valueText } from "../../../server/pva/text/value-text.ts";

const float = structure("", [
  { name: "f", type: scalar("float") },
  { name: "d", type: scalar("double") },
]);

test("arrays are shortened and counted", () => {
  expect(valueText(new Int16Array(10))).toBe("[0, 0, 0, 0, 0, 0, 0, 0, … 10 elements]");
  expect(valueText(["a", "b"], { elements: 0 })).toBe("[… 2 elements]");
  expect(valueText(new BigInt64Array([-1n]))).toBe("[-1]");
  expect(valueText(new ArrayElsewhere(5))).toBe("(5 elements)");
});

test("strings are quoted, and shortened where that is asked for", () => {
  expect(valueText("a\nb")).toBe('"a\\nb"');
  expect(valueText("abcdef", { characters: 3 })).toBe('"abc"… 6 characters');
});

test("floats have no more digits than they hold", () => {
  const value = buildStructure(float, { f: Math.fround(0.1), d: 0.1 });
  expect(valueLines(value)).toEqual(["f 0.1", "d 0.1"]);
  expect(valueText(new Float32Array([0.1, 1e-20, Number.NaN]))).toBe("[0.1, 1e-20, NaN]");
  expect(valueText(new Float32Array([16777217, 3.4028235e38]))).toBe("[16777216, 3.4028235e+38]");
});

test("an enumeration shows its choice, and says where there is none", () => {
  const type = structure("enum_t", [
    { name: "index", type: scalar("int") },
    { name: "choices", type: scalarArray("string") },
  ]);
  expect(valueText(buildStructure(type, { index: 1, choices: ["Idle", "Acquire"] }))).toBe("(1) Acquire");
  expect(valueText(buildStructure(type, { index: 7, choices: ["Idle"] }))).toBe("(7) (no such choice)");
});

test("unions and any show what they hold", () => {
  const type = union("", [{ name: "a", type: scalar("int") }]);
  expect(valueText(new UnionValue(type, 0, 3))).toBe("a 3");
  expect(valueText(new UnionValue(type))).toBe("(nothing)");
  expect(valueText(new AnyValue(scalar("int"), 3))).toBe("3");
  expect(valueText(new AnyValue())).toBe("(nothing)");
  const list = structure("", [{ name: "l", type: anyArray() }]);
  expect(valueText(new StructureValue(list, [[new AnyValue(anyType()), null]]))).toBe(
    "{l [(nothing), null]}",
  );
});

test("a time is a date, or said to be none", () => {
  const text = valueText(buildStructure(TIME_TYPE, { secondsPastEpoch: 1_700_000_000n, nanoseconds: 5e6 }));
  expect(text).toMatch(/^2023-11-1[45] \d\d:\d\d:20\.005$/);
  expect(valueText(buildStructure(TIME_TYPE, {}))).toBe("(no time)");
  expect(valueText(buildStructure(TIME_TYPE, { secondsPastEpoch: 2n ** 62n }))).toBe("(no time)");
});

test("one line says value and alarm", () => {
  const value = buildStructure(ntScalar("double"), {
    value: 1.5,
    alarm: { severity: 2, message: "hot\u001b[31m" },
  });
  expect(shortText(value)).toBe("1.5  MAJOR hot\\u{1b}[31m");
});

test("a structure without members is shown as one", () => {
  const type = structure("", [{ name: "field", type: structure("", []) }]);
  expect(valueLines(buildStructure(type, {}))).toEqual(["field {}"]);
});

test("names of members cannot write on a terminal", () => {
  const type = structure("", [
    { name: "a\u202e", type: structure("", [{ name: "\n", type: scalar("int") }]) },
  ]);
  expect(valueLines(buildStructure(type, {}))).toEqual(["a\\u{202e}.\\n 0"]);
});

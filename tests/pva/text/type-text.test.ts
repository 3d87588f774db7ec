import { expect, test } from "bun:test";
import {
  anyArray,
  anyType,
  scalar,
  scalarArray,
  structure,
  structureArray,
  union,
  unionArray,
} from "../../../server/pva/data/type-description.ts";
import { ntScalar } from "../../../server/pva/nt/nt-scalar.ts";
import { typeLines, typeName } from "../../../server/pva/text/type-text.ts";

test("a normative type is printed as pvinfo does", () => {
  expect(typeLines(ntScalar("double")).slice(0, 6)).toEqual([
    "epics:nt/NTScalar:1.0",
    "    double value",
    "    alarm_t alarm",
    "        int severity",
    "        int status",
    "        string message",
  ]);
});

test("members of unions and of arrays of structures are below them", () => {
  const point = structure("point_t", [{ name: "x", type: scalar("int") }]);
  const type = structure("", [
    { name: "points", type: structureArray(point) },
    { name: "choice", type: union("", [{ name: "text", type: scalar("string") }]) },
    { name: "whatever", type: anyType() },
  ]);
  expect(typeLines(type, "top")).toEqual([
    "structure top",
    "    point_t[] points",
    "        int x",
    "    union choice",
    "        string text",
    "    any whatever",
  ]);
});

test("arrays say whether they are bounded or fixed", () => {
  expect(typeName(scalarArray("int"))).toBe("int[]");
  expect(typeName(scalarArray("int", { kind: "fixed", count: 4 }))).toBe("int[4]");
  expect(typeName(anyArray({ kind: "bounded", count: 4 }))).toBe("any<4>");
  expect(typeName(unionArray(union("", [])))).toBe("union[]");
  expect(typeName({ kind: "scalar", scalar: "string", maxBytes: 40 })).toBe("string(40)");
});

test("names from the network cannot write on a terminal", () => {
  const type = structure("id\u001b[2J", [{ name: "a\nb", type: scalar("int") }]);
  expect(typeLines(type, "c\u202e")).toEqual(["id\\u{1b}[2J c\\u{202e}", "    int a\\nb"]);
});

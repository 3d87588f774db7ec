import {
  AnyValue,
  anyArray,
  anyType,
  scalar,
  scalarArray,
  SCALAR_TYPES,
  structure,
  structureArray,
  union,
  unionArray,
} from "../../server/pva/index.ts";

const INNER = structure("inner", [
  { name: "x", type: scalar("double") },
  { name: "name", type: scalar("string") },
]);
const CHOICE = union("choice", [
  { name: "number", type: scalar("int") },
  { name: "text", type: scalarArray("string") },
]);
/** Every kind of type there is in one structure. */
export const EVERY_TYPE = structure("all", [
  ...SCALAR_TYPES.map((type) => ({ name: `${type}One`, type: scalar(type) })),
  ...SCALAR_TYPES.map((type) => ({ name: `${type}Many`, type: scalarArray(type) })),
  { name: "inner", type: INNER },
  { name: "inners", type: structureArray(INNER) },
  { name: "choice", type: CHOICE },
  { name: "choices", type: unionArray(CHOICE) },
  { name: "any", type: anyType() },
  { name: "anys", type: anyArray() },
]);
/** A value of it, in which nothing is as by default. */
export const EVERY_VALUE = {
  booleanOne: true,
  byteOne: -1,
  shortOne: -2,
  intOne: -3,
  longOne: -(2n ** 60n),
  ubyteOne: 255,
  ushortOne: 65_535,
  uintOne: 4_000_000_000,
  ulongOne: 2n ** 63n,
  floatOne: 0.5,
  doubleOne: 0.1,
  stringOne: "Grüße",
  booleanMany: [true, false],
  byteMany: Int8Array.of(-128, 127),
  shortMany: Int16Array.of(-32_768),
  intMany: Int32Array.of(-5, 5),
  longMany: BigInt64Array.of(-(2n ** 63n)),
  ubyteMany: new Uint8Array(300).fill(9),
  ushortMany: Uint16Array.of(1, 2, 3),
  uintMany: Uint32Array.of(2 ** 32 - 1),
  ulongMany: BigUint64Array.of(2n ** 64n - 1n),
  floatMany: Float32Array.of(-0.25),
  doubleMany: Float64Array.of(Math.PI, -Infinity),
  stringMany: ["a", "", "c".repeat(300)],
  inner: { x: 1.5, name: "one" },
  inners: [{ x: 2.5, name: "two" }, null],
  choice: { text: ["left", "right"] },
  choices: [{ number: 4 }, null, {}],
  any: new AnyValue(scalar("ushort"), 77),
  anys: [new AnyValue(scalarArray("byte"), Int8Array.of(1)), null, new AnyValue()],
};

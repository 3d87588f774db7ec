import { describe, expect, test } from "bun:test";
import { decodeValue } from "../../../server/pva/data/decode-value.ts";
import { decodeDelta, encodeDelta, bitOfField } from "../../../server/pva/data/delta.ts";
import { encodeValue } from "../../../server/pva/data/encode-value.ts";
import {
  anyArray,
  anyType,
  scalar,
  scalarArray,
  structure,
  structureArray,
  type TypeDescription,
  union,
  unionArray,
} from "../../../server/pva/data/type-description.ts";
import {
  AnyValue,
  defaultStructure,
  StructureValue,
  UnionValue,
  type Value,
} from "../../../server/pva/data/value.ts";
import { decodeBitSet, encodeBitSet } from "../../../server/pva/wire/bit-set.ts";
import { ByteWriter } from "../../../server/pva/wire/byte-writer.ts";
import { BE, type ByteList, bytes, hex, hexOf, LE } from "../../support/pva-bytes.ts";
import { contextOf } from "../../support/pva-context.ts";

/** The type of pvxs's testxcode.cpp, with the bits its facts use. */
const XCODE = structure("", [
  { name: "value", type: scalarArray("ulong") },
  {
    name: "timeStamp",
    type: structure("", [
      { name: "secondsPastEpoch", type: scalar("ulong") },
      { name: "nanoseconds", type: scalar("uint") },
    ]),
  },
  {
    name: "arbitrary",
    type: structure("", [
      { name: "sarr", type: structureArray(structure("", [{ name: "value", type: scalar("uint") }])) },
    ]),
  },
  { name: "any", type: anyType() },
  { name: "anya", type: anyArray() },
  {
    name: "choice",
    type: union("", [
      { name: "a", type: scalar("float") },
      { name: "b", type: scalar("string") },
    ]),
  },
  {
    name: "achoice",
    type: unionArray(
      union("", [
        { name: "x", type: scalar("string") },
        { name: "y", type: scalar("string") },
      ]),
    ),
  },
]);

/** A value in plain JavaScript, for comparing. */
function plain(value: Value | null | undefined): unknown {
  if (value instanceof StructureValue)
    return Object.fromEntries(
      value.type.members.map(({ name }, index) => [name, plain(value.members[index])]),
    );
  if (value instanceof UnionValue)
    return value.selector < 0 ? null : { [value.selected!]: plain(value.value) };
  if (value instanceof AnyValue) return value.type === null ? null : { any: plain(value.value) };
  if (Array.isArray(value)) return (value as readonly Value[]).map(plain);
  return ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value;
}

/** Bytes as pvxs's test holds them (big-endian), the field they change, and its value. */
const FACTS = [
  ["value", "01 02 03 0000000000000001 00000000deadbeef 0000000000000002", [1n, 0xdeadbeefn, 2n]],
  [
    "arbitrary.sarr",
    "01 40 03 01 deadbeef 01 1badface 00",
    [{ value: 0xdeadbeef }, { value: 0x1badface }, null],
  ],
  ["choice", '02 00 02 01 04 "test"', { b: "test" }],
  ["achoice", '02 00 04 03 01 00 04 "theX" 01 01 04 "theY" 00', [{ x: "theX" }, { y: "theY" }, null]],
  ["any", "01 80 26 600df00d", { any: 0x600df00d }],
  ["any", "01 80 ff", null],
  [
    "anya",
    '02 00 01 03 01 26 0000007b 01 80 00 01 01 "q" 60 04 "theq" 00',
    [{ any: 0x7b }, { any: { q: "theq" } }, null],
  ],
] as const;

describe.each(FACTS)("a change of %s", (path, wire, expected) => {
  test("is read as pvxs writes it, and written so", () => {
    const payload = bytes(hex(wire));
    const context = contextOf(payload, true);
    const changed = decodeBitSet(context.reader, 16);
    const value = decodeDelta(context, defaultStructure(XCODE), changed);
    expect(context.reader.remaining).toBe(0);
    expect([...changed]).toEqual([bitOfField(XCODE, path)!]);
    expect(plain(value.field(path))).toEqual(expected);
    const writer = new ByteWriter(true);
    encodeBitSet(writer, changed);
    encodeDelta(writer, value, changed);
    expect(hexOf(writer.finish())).toBe(hexOf(payload));
  });
});

describe("bits", () => {
  test("are numbered depth first", () => {
    const paths = [
      "",
      "value",
      "timeStamp",
      "timeStamp.secondsPastEpoch",
      "timeStamp.nanoseconds",
      "arbitrary",
      "arbitrary.sarr",
      "any",
      "anya",
      "choice",
      "achoice",
    ];
    expect(paths.map((path) => bitOfField(XCODE, path))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(XCODE.bitCount).toBe(11);
  });

  test("lead nowhere for fields that are not there or lie inside arrays and unions", () => {
    expect(
      ["nope", "value.x", "arbitrary.sarr.value", "choice.a"].map((path) => bitOfField(XCODE, path)),
    ).toEqual([undefined, undefined, undefined, undefined]);
  });
});

const PAIR = structure("", [
  { name: "a", type: scalar("int") },
  {
    name: "s",
    type: structure("", [
      { name: "b", type: scalar("int") },
      { name: "c", type: scalar("int") },
    ]),
  },
]);

/** Reads the changes onto {a: 1, s: {b: 2, c: 3}}. */
function merge(wire: typeof LE, bits: ByteList, ...numbers: number[]): unknown {
  const base = new StructureValue(PAIR, [
    1,
    new StructureValue(PAIR.members[1]!.type as typeof PAIR, [2, 3]),
  ]);
  const context = contextOf(bytes(bits, ...numbers.map((number) => wire.u32(number))), wire.bigEndian);
  const changed = decodeBitSet(context.reader, 8);
  const merged = decodeDelta(context, base, changed);
  expect(context.reader.remaining).toBe(0);
  expect(plain(base)).toEqual({ a: 1, s: { b: 2, c: 3 } });
  return plain(merged);
}

describe.each([
  ["little", LE],
  ["big", BE],
] as const)("a delta (%s-endian)", (_, wire) => {
  test("changes what is marked and leaves the rest", () => {
    expect(merge(wire, hex("01 08"), 9)).toEqual({ a: 1, s: { b: 9, c: 3 } });
    expect(merge(wire, hex("01 12"), 8, 9)).toEqual({ a: 8, s: { b: 2, c: 9 } });
  });

  test("may change nothing", () => {
    expect(merge(wire, hex("00"))).toEqual({ a: 1, s: { b: 2, c: 3 } });
  });

  test("holds a marked structure once, whatever is marked below it", () => {
    expect(merge(wire, hex("01 04"), 8, 9)).toEqual({ a: 1, s: { b: 8, c: 9 } });
    expect(merge(wire, hex("01 0c"), 8, 9)).toEqual({ a: 1, s: { b: 8, c: 9 } });
    expect(merge(wire, hex("01 1f"), 7, 8, 9)).toEqual({ a: 7, s: { b: 8, c: 9 } });
  });

  test("ignores bits past the type's end", () => {
    expect(merge(wire, hex("02 00 80"))).toEqual({ a: 1, s: { b: 2, c: 3 } });
  });
});

describe("values of every type", () => {
  const CASES: readonly (readonly [TypeDescription, (wire: typeof LE) => ByteList, unknown])[] = [
    [scalar("boolean"), () => [2], true],
    [scalar("byte"), () => [0xfe], -2],
    [scalar("short"), (wire) => wire.u16(0xfffe), -2],
    [scalar("int"), (wire) => wire.u32(0xfffffffe), -2],
    [scalar("long"), (wire) => wire.u64(0xfffffffffffffffen), -2n],
    [scalar("ulong"), (wire) => wire.u64(0xfffffffffffffffen), 0xfffffffffffffffen],
    [scalar("float"), (wire) => wire.u32(0x3fc00000), 1.5],
    [scalar("double"), (wire) => wire.u64(0x3ff8000000000000n), 1.5],
    [scalarArray("boolean"), () => [2, 1, 0], [true, false]],
    [scalarArray("byte"), () => [2, 0xfe, 1], [-2, 1]],
    [scalarArray("ushort"), (wire) => [2, wire.u16(258), wire.u16(3)], [258, 3]],
    [scalarArray("uint"), (wire) => [1, wire.u32(0xfffffffe)], [0xfffffffe]],
    [scalarArray("long"), (wire) => [1, wire.u64(0xfffffffffffffffen)], [-2n]],
    [scalarArray("double"), (wire) => [1, wire.u64(0x3ff8000000000000n)], [1.5]],
    [scalarArray("string"), (wire) => [2, wire.string("a"), wire.string("µ")], ["a", "µ"]],
    [scalarArray("short", { kind: "fixed", count: 2 }), (wire) => [wire.u16(1), wire.u16(2)], [1, 2]],
  ];

  test.each([
    ["little", LE],
    ["big", BE],
  ] as const)("are read and written %s-endian", (_, wire) => {
    for (const [type, list, expected] of CASES) {
      const payload = bytes(list(wire));
      const context = contextOf(payload, wire.bigEndian);
      const value = decodeValue(context, type);
      expect(plain(value)).toEqual(expected);
      expect(context.reader.remaining).toBe(0);
      const writer = new ByteWriter(wire.bigEndian);
      encodeValue(writer, type, value);
      // Any nonzero byte is true; we write 1.
      if (type.kind !== "scalar" || type.scalar !== "boolean")
        expect(hexOf(writer.finish())).toBe(hexOf(payload));
    }
  });

  test("null selects nothing in a union, and any presence byte but 0 means a value", () => {
    const choice = union("", [{ name: "a", type: scalar("ubyte") }]);
    expect(plain(decodeValue(contextOf(bytes([0xff])), choice))).toBeNull();
    expect(plain(decodeValue(contextOf(bytes([2, 7, 0, 9, 0])), unionArray(choice)))).toEqual([
      { a: 9 },
      null,
    ]);
  });
});

describe("hostile values", () => {
  const refused = (type: TypeDescription, list: ByteList, code: string, path = "") =>
    expect(() => decodeValue(contextOf(bytes(list)), type)).toThrow(expect.objectContaining({ code, path }));

  test("a million nested any end at the limit", () => {
    refused(anyType(), Array<number>(1_000_000).fill(0x82), "limit");
  });

  test("counts beyond the bytes that are there are refused before memory is taken", () => {
    refused(scalarArray("double"), [LE.size(0x20000000), 1, 2], "short-data");
    refused(scalarArray("double", { kind: "fixed", count: 0x20000000 }), [1], "short-data");
    refused(scalarArray("string"), [LE.size(0x7fffffff)], "short-data");
    refused(structureArray(structure("", [])), [LE.size(0x7fffffff), 1], "short-data");
    refused(scalarArray("ubyte"), [0xff], "bad-value");
  });

  test("a million and one empty structures are too many", () => {
    const payload = new Uint8Array(1_000_010).fill(1);
    payload.set(bytes(LE.size(1_000_001)));
    expect(() => decodeValue(contextOf(payload), structureArray(structure("", [])))).toThrow(
      expect.objectContaining({ code: "limit" }),
    );
  });

  test("structures that take no bytes are too many as well, wherever they stand", () => {
    const empty = structure("", []);
    const wide = structure(
      "",
      Array.from({ length: 999 }, (_, index) => ({ name: String(index), type: empty })),
    );
    const payload = bytes(LE.size(50_000), Array<number>(50_000).fill(1));
    expect(() => decodeValue(contextOf(payload), structureArray(wide))).toThrow(
      expect.objectContaining({ code: "limit" }),
    );
  });

  test("types inside values count too", () => {
    const members = Array.from({ length: 900 }, (_, index) => [String(index % 10), [0x22]] as const);
    const element = bytes([1], LE.structure("", members), new Array<number>(3600).fill(0));
    const payload = new Uint8Array(5 + 1200 * element.length);
    payload.set(LE.size(1200));
    for (let at = 5; at < payload.length; at += element.length) payload.set(element, at);
    expect(() => decodeValue(contextOf(payload), anyArray())).toThrow(
      expect.objectContaining({ code: "limit" }),
    );
  });

  test("an array of many millions of booleans is too many", () => {
    const payload = new Uint8Array(20_000_005);
    payload.set(LE.size(20_000_000));
    expect(() => decodeValue(contextOf(payload), scalarArray("boolean"))).toThrow(
      expect.objectContaining({ code: "limit" }),
    );
  });

  test("faults name the field they were found in", () => {
    const type = structure("", [
      { name: "outer", type: structure("", [{ name: "inner", type: scalar("long") }]) },
    ]);
    refused(type, [1, 2, 3], "short-data", "outer.inner");
    expect(() => decodeValue(contextOf(bytes([1])), type)).toThrow("in outer.inner");
  });

  test("a selector beyond the members is refused", () => {
    refused(union("", [{ name: "a", type: scalar("int") }]), [1], "bad-value");
  });
});

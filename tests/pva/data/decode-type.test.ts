import { describe, expect, test } from "bun:test";
import { decodeType, decodeTypeOrNull } from "../../../server/pva/data/decode-type.ts";
import { encodeType } from "../../../server/pva/data/encode-type.ts";
import type { TypeDescription } from "../../../server/pva/data/type-description.ts";
import { TypeRegistry } from "../../../server/pva/data/type-registry.ts";
import { MAX_MEMBERS, MAX_TYPE_DEPTH } from "../../../server/pva/limits.ts";
import { NTNDARRAY_NDPLUGINPVA, NTNDARRAY_PVXS } from "../../../server/pva/nt/nt-ndarray.ts";
import { ByteWriter } from "../../../server/pva/wire/byte-writer.ts";
import { BE, type ByteList, bytes, hex, hexOf, LE } from "../../support/pva-bytes.ts";
import { contextOf } from "../../support/pva-context.ts";

const decode = (list: ByteList, registry?: TypeRegistry) =>
  decodeType(contextOf(bytes(list), false, registry));

/** A type in words, for comparing. */
function words(type: TypeDescription): string {
  switch (type.kind) {
    case "scalar":
      return type.maxBytes === undefined ? type.scalar : `${type.scalar}<${type.maxBytes}>`;
    case "scalar-array":
      return type.scalar + (type.size.kind === "variable" ? "[]" : `[${type.size.kind} ${type.size.count}]`);
    case "any":
      return "any";
    case "any-array":
      return "any[]";
    case "structure-array":
    case "union-array":
      return `${words(type.element)}[]`;
    default:
      return `${type.kind} ${type.id}{${type.members.map(({ name, type: inner }) => `${name}: ${words(inner)}`).join(", ")}}`;
  }
}

describe("introspection", () => {
  test.each([
    ["00", "boolean"],
    ["20", "byte"],
    ["21", "short"],
    ["22", "int"],
    ["23", "long"],
    ["24", "ubyte"],
    ["25", "ushort"],
    ["26", "uint"],
    ["27", "ulong"],
    ["42", "float"],
    ["43", "double"],
    ["60", "string"],
    ["08", "boolean[]"],
    ["2d", "ushort[]"],
    ["4b", "double[]"],
    ["68", "string[]"],
    ["82", "any"],
    ["8a", "any[]"],
    ["83 10", "string<16>"],
    ["30 05", "byte[bounded 5]"],
    ["38 05", "byte[fixed 5]"],
    ['80 01 "t" 02 01 "a" 22 01 "b" 60', "structure t{a: int, b: string}"],
    ['81 00 01 01 "f" 42', "union {f: float}"],
    ['88 80 00 01 01 "v" 26', "structure {v: uint}[]"],
    ['89 81 00 01 01 "v" 26', "union {v: uint}[]"],
  ])("%s is %s, and is written so", (wire, expected) => {
    const context = contextOf(bytes(hex(wire)));
    const type = decodeType(context);
    expect(words(type)).toBe(expected);
    expect(context.reader.remaining).toBe(0);
    const writer = new ByteWriter(false);
    encodeType(writer, type);
    expect(hexOf(writer.finish())).toBe(hexOf(bytes(hex(wire))));
  });

  test("null is allowed only where said so", () => {
    expect(decodeTypeOrNull(contextOf(bytes([0xff])))).toBeNull();
    expect(() => decode([0xff])).toThrow(expect.objectContaining({ code: "bad-type" }));
  });

  test("the NTNDArray types have the sizes known from captures", () => {
    const sizeOf = (type: TypeDescription) => {
      const writer = new ByteWriter(false);
      encodeType(writer, type);
      return writer.length;
    };
    expect(sizeOf(NTNDARRAY_PVXS)).toBe(666);
    expect(sizeOf(NTNDARRAY_NDPLUGINPVA)).toBe(639);
  });
});

describe("type cache", () => {
  const structureV = LE.structure("", [["v", [0x26]]]);

  test("gives back what was defined, at any depth and in the order of the message", () => {
    for (const wire of [LE, BE]) {
      const registry = new TypeRegistry();
      const inner = wire.structure("", [["v", [0x26]]]);
      const outer = wire.structure("", [
        ["a", [0xfd, wire.u16(2), inner]],
        ["b", [0xfe, wire.u16(2)]],
        ["c", [0x88, 0xfe, wire.u16(2)]],
      ]);
      const read = (list: ByteList) => decodeType(contextOf(bytes(list), wire.bigEndian, registry));
      const expected = "structure {a: structure {v: uint}, b: structure {v: uint}, c: structure {v: uint}[]}";
      expect(words(read([0xfd, wire.u16(1), outer]))).toBe(expected);
      expect(words(read([0xfe, wire.u16(1)]))).toBe(expected);
      expect(words(read([0xfe, wire.u16(2)]))).toBe("structure {v: uint}");
    }
  });

  test("reads pvxs's empty request and its second mention", () => {
    const registry = new TypeRegistry();
    expect(words(decode(hex("fd 02 00 80 00 00"), registry))).toBe("structure {}");
    expect(words(decode(hex("fe 02 00"), registry))).toBe("structure {}");
  });

  test("takes a redefinition for the new truth", () => {
    const registry = new TypeRegistry();
    decode([0xfd, LE.u16(1), structureV], registry);
    decode([0xfd, LE.u16(1), 0x60], registry);
    expect(words(decode([0xfe, LE.u16(1)], registry))).toBe("string");
    expect(registry.size).toBe(1);
  });

  test("knows no id before its definition is complete", () => {
    const selfReferring = [0xfd, LE.u16(7), LE.structure("", [["me", [0xfe, LE.u16(7)]]])];
    expect(() => decode(selfReferring)).toThrow(expect.objectContaining({ code: "unknown-type-id" }));
    expect(() => decode([0xfe, LE.u16(1)])).toThrow(expect.objectContaining({ code: "unknown-type-id" }));
  });

  test("cannot be made to nest definitions", () => {
    const chain = Array.from({ length: 100_000 }, (_, id) => [0xfd, ...LE.u16(id & 0xffff)]);
    expect(() => decode(chain)).toThrow(expect.objectContaining({ code: "bad-type" }));
  });
});

describe("hostile types", () => {
  test.each(["01", "28 ", "40", "84", "c0", "e0", "fb", "90 05"])(
    "%s as such is nothing known or not all",
    (wire) => {
      const run = () => decode(hex(wire));
      if (wire.startsWith("28")) expect(words(run())).toBe("byte[]");
      else expect(run).toThrow();
    },
  );

  test("nesting ends at the limit", () => {
    const nested = (levels: number): number[] =>
      levels === 0 ? [0x22] : LE.structure("", [["x", nested(levels - 1)]]);
    expect(words(decode(nested(MAX_TYPE_DEPTH - 1)))).toContain("structure");
    expect(() => decode(nested(MAX_TYPE_DEPTH))).toThrow(expect.objectContaining({ code: "limit" }));
    const arrays = Array<number>(100_000).fill(0x88);
    expect(() => decode(arrays)).toThrow(expect.objectContaining({ code: "limit" }));
  });

  test("cached parts count where they are used", () => {
    const registry = new TypeRegistry();
    decode([0xfd, LE.u16(1), LE.structure("", [["x", [0x22]]])], registry);
    const twice = (of: number) =>
      LE.structure(
        "",
        Array.from({ length: 900 }, (_, index) => [String(index), [0xfe, LE.u16(of)]] as const),
      );
    decode([0xfd, LE.u16(2), twice(1)], registry);
    expect(() => decode([0xfd, LE.u16(3), twice(2)], registry)).toThrow(
      expect.objectContaining({ code: "limit" }),
    );
  });

  test("a cached type cannot be used to nest deeper", () => {
    const registry = new TypeRegistry();
    decode([0xfd, LE.u16(0), 0x22], registry);
    const deepen = (id: number) =>
      decode([0xfd, LE.u16(id), LE.structure("", [["x", [0xfe, LE.u16(id - 1)]]])], registry);
    const deepenTo = (levels: number) => {
      for (let id = 1; id <= levels; id++) deepen(id);
    };
    expect(() => deepenTo(MAX_TYPE_DEPTH + 5)).toThrow(expect.objectContaining({ code: "limit" }));
  });

  test("lying counts are refused before anything is made", () => {
    expect(() => decode([0x80, 0, LE.size(MAX_MEMBERS + 1)])).toThrow(
      expect.objectContaining({ code: "limit" }),
    );
    expect(() => decode(hex('80 00 05 01 "a" 22'))).toThrow(expect.objectContaining({ code: "short-data" }));
    expect(() => decode([0x80, LE.size(0xffffffff)])).toThrow(expect.objectContaining({ code: "limit" }));
  });

  test("an array of structures must have a structure", () => {
    expect(() => decode(hex("88 22"))).toThrow(expect.objectContaining({ code: "bad-type" }));
    expect(() => decode(hex('89 80 00 01 01 "v" 26'))).toThrow(expect.objectContaining({ code: "bad-type" }));
  });

  test("names of objects' own properties are names like any other", () => {
    const type = decode(
      LE.structure("", [
        ["__proto__", [0x22]],
        ["constructor", [0x60]],
      ]),
    );
    expect(words(type)).toBe("structure {__proto__: int, constructor: string}");
  });
});

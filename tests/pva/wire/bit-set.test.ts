import { describe, expect, test } from "bun:test";
import { BitSet, decodeBitSet, encodeBitSet } from "../../../server/pva/wire/bit-set.ts";
import { ByteReader } from "../../../server/pva/wire/byte-reader.ts";
import { ByteWriter } from "../../../server/pva/wire/byte-writer.ts";
import { bytes, hex, hexOf } from "../../support/pva-bytes.ts";

/** Bits, little-endian bytes, big-endian bytes: facts that pvxs's testbitmask.cpp holds. */
const FACTS: readonly (readonly [bits: readonly number[], little: string, big?: string])[] = [
  [[], "00"],
  [[0], "01 01"],
  [[1], "01 02"],
  [[8], "02 00 01"],
  [[1, 55], "07 02 00 00 00 00 00 80"],
  [[1, 63], "08 02 00 00 00 00 00 00 80", "08 80 00 00 00 00 00 00 02"],
  [[1, 8, 63, 64], "09 02 01 00 00 00 00 00 80 01", "09 80 00 00 00 00 00 01 02 01"],
  [
    [1, 63, 64, 126],
    "10 02 00 00 00 00 00 00 80 01 00 00 00 00 00 00 40",
    "10 80 00 00 00 00 00 00 02 40 00 00 00 00 00 00 01",
  ],
];

describe.each(FACTS)("BitSet %j", (bits, little, big = little) => {
  test.each([
    ["little", false, little],
    ["big", true, big],
  ] as const)("is read and written %s-endian", (_, bigEndian, wire) => {
    const reader = new ByteReader(bytes(hex(wire)), bigEndian);
    expect([...decodeBitSet(reader, 64)]).toEqual([...bits]);
    expect(reader.remaining).toBe(0);
    const writer = new ByteWriter(bigEndian);
    encodeBitSet(writer, BitSet.of(...bits));
    expect(hexOf(writer.finish())).toBe(wire);
  });
});

describe("BitSet", () => {
  test("takes trailing zero bytes for what they are", () => {
    const set = decodeBitSet(new ByteReader(bytes(hex("03 00 00 00")), false), 8);
    expect(set.isEmpty).toBe(true);
    expect(set.trimmed()).toHaveLength(0);
  });

  test("refuses a length beyond its type, null, and missing bytes", () => {
    const read = (wire: string) => () => decodeBitSet(new ByteReader(bytes(hex(wire)), false), 8);
    expect(read("09 01 00 00 00 00 00 00 00 00")).toThrow(expect.objectContaining({ code: "limit" }));
    expect(read("ff")).toThrow(expect.objectContaining({ code: "bad-value" }));
    expect(read("03 01")).toThrow(expect.objectContaining({ code: "short-data" }));
    expect(read("fe ff ff ff ff 01")).toThrow(expect.objectContaining({ code: "limit" }));
  });

  test("finds whether a range holds any bit", () => {
    const set = BitSet.of(3, 17);
    expect([
      set.hasAny(0, 3),
      set.hasAny(0, 4),
      set.hasAny(4, 17),
      set.hasAny(4, 18),
      set.hasAny(18, 500),
    ]).toEqual([false, true, false, true, false]);
  });

  test("unites with another", () => {
    expect([...BitSet.of(1).addAll(BitSet.of(0, 30))]).toEqual([0, 1, 30]);
  });
});

import { describe, expect, test } from "bun:test";
import { MAX_STRING_BYTES } from "../../../server/pva/limits.ts";
import { ByteReader } from "../../../server/pva/wire/byte-reader.ts";
import { BE, bytes, hex, LE } from "../../support/pva-bytes.ts";

const reader = (wire: string, bigEndian = false) => new ByteReader(bytes(hex(wire)), bigEndian);

describe("ByteReader", () => {
  test("reads each number in either order", () => {
    for (const wire of [LE, BE]) {
      const payload = bytes(wire.u16(0x8001), wire.u32(0x80000002), wire.u64(0x8000000000000003n), [0x80]);
      const unsigned = new ByteReader(payload, wire.bigEndian);
      expect([unsigned.u16(), unsigned.u32(), unsigned.u64(), unsigned.u8()]).toEqual([
        0x8001,
        0x80000002,
        0x8000000000000003n,
        0x80,
      ]);
      const signed = new ByteReader(payload, wire.bigEndian);
      expect([signed.i16(), signed.i32(), signed.i64(), signed.i8()]).toEqual([
        0x8001 - 0x10000,
        2 - 0x80000000,
        3n - 0x8000000000000000n,
        -128,
      ]);
    }
    expect(reader("3f c0 00 00", true).f32()).toBe(1.5);
    expect(reader("3f f8 00 00 00 00 00 00", true).f64()).toBe(1.5);
  });

  test("reads sizes of one and of five bytes", () => {
    expect(reader("00").size()).toBe(0);
    expect(reader("fd").size()).toBe(253);
    expect(reader("fe fe 00 00 00").size()).toBe(254);
    expect(reader("fe 00 00 00 ff", true).size()).toBe(255);
  });

  test("reads a null size as null, and refuses it where a count must be", () => {
    expect(reader("ff").sizeOrNull()).toBeNull();
    expect(() => reader("ff").size()).toThrow(expect.objectContaining({ code: "bad-value" }));
  });

  test("reads strings, null as empty, and UTF-8", () => {
    expect(reader('03 "IMG"').string()).toBe("IMG");
    expect(reader("ff").string()).toBe("");
    expect(new ByteReader(bytes(LE.string("µm²")), false).string()).toBe("µm²");
  });

  test("says need, have and where when bytes are missing", () => {
    const short = reader("01 02 03");
    short.u16();
    expect(() => short.u32()).toThrow(
      expect.objectContaining({ code: "short-data", numbers: { need: 4, have: 1, offset: 2 } }),
    );
  });

  test("refuses a string beyond the limit before looking for its bytes", () => {
    const long = new ByteReader(bytes(LE.size(MAX_STRING_BYTES + 1)), false);
    expect(() => long.string()).toThrow(expect.objectContaining({ code: "limit" }));
  });
});

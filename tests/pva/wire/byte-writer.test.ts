import { describe, expect, test } from "bun:test";
import { ByteWriter } from "../../../server/pva/wire/byte-writer.ts";
import { BE, bytes, hexOf, LE } from "../../support/pva-bytes.ts";

describe("ByteWriter", () => {
  test("writes numbers, sizes and strings in either order", () => {
    for (const wire of [LE, BE]) {
      const writer = new ByteWriter(wire.bigEndian, 1);
      writer.u8(7).u16(258).u32(0x01020304).u64(0x0102030405060708n).size(253).size(254).string("µm");
      writer.i8(-2).i16(-2).i32(-2).i64(-2n);
      const expected = bytes(
        [7],
        wire.u16(258),
        wire.u32(0x01020304),
        wire.u64(0x0102030405060708n),
        wire.size(253),
        wire.size(254),
        wire.string("µm"),
        [0xfe],
        wire.u16(0xfffe),
        wire.u32(0xfffffffe),
        wire.u64(0xfffffffffffffffen),
      );
      expect(writer.length).toBe(expected.length);
      expect(hexOf(writer.finish())).toBe(hexOf(expected));
    }
  });

  test("hands large arrays on without copying them", () => {
    const image = new Uint8Array(100_000).fill(9);
    const writer = new ByteWriter(false).u8(1).bytes(image).u8(2);
    const parts = writer.parts();
    expect(parts.map((part) => part.length)).toEqual([1, 100_000, 1]);
    expect(parts[1]).toBe(image);
    expect(writer.length).toBe(100_002);
  });

  test("keeps parts intact when its buffer grows afterwards", () => {
    const writer = new ByteWriter(false, 4).u8(1).bytes(new Uint8Array(20_000));
    for (let count = 0; count < 100; count++) writer.u8(count);
    const whole = writer.finish();
    expect(whole[0]).toBe(1);
    expect([...whole.subarray(20_001)]).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });
});

import { describe, expect, test } from "bun:test";
import { decodeHeader, encodeHeader } from "../../../server/pva/wire/header.ts";
import { bytes, hex, hexOf } from "../../support/pva-bytes.ts";

describe("message header", () => {
  test("reads what a little-endian server says first", () => {
    expect(decodeHeader(bytes(hex("ca 02 41 02 00 00 00 00")))).toEqual({
      version: 2,
      control: true,
      segment: "whole",
      fromServer: true,
      bigEndian: false,
      command: 2,
      length: 0,
    });
  });

  test("reads the length in the order its own flag gives", () => {
    expect(decodeHeader(bytes(hex("ca 02 c0 0d 00 00 01 02"))).length).toBe(0x102);
    expect(decodeHeader(bytes(hex("ca 02 40 0d 02 01 00 00"))).length).toBe(0x102);
  });

  test("tells the four places of a segment", () => {
    const segments = ["00", "10", "30", "20"].map(
      (flags) => decodeHeader(bytes(hex(`ca 02 ${flags} 0d 00 00 00 00`))).segment,
    );
    expect(segments).toEqual(["whole", "first", "middle", "last"]);
  });

  test("accepts the versions peers send and refuses 0", () => {
    for (const version of ["01", "02", "03"])
      expect(decodeHeader(bytes(hex(`ca ${version} 40 00 00 00 00 00`))).command).toBe(0);
    expect(() => decodeHeader(bytes(hex("ca 00 40 00 00 00 00 00")))).toThrow("version 0");
  });

  test("refuses another magic", () => {
    expect(() => decodeHeader(bytes(hex("cb 02 40 00 00 00 00 00")))).toThrow("magic 0xcb");
  });

  test("writes segments, direction, order and control", () => {
    const sender = { fromServer: true, bigEndian: true };
    expect(hexOf(encodeHeader(sender, 13, 258, { segment: "middle" }))).toBe("ca 02 f0 0d 00 00 01 02");
    expect(hexOf(encodeHeader({ fromServer: false, bigEndian: false }, 3, 7, { control: true }))).toBe(
      "ca 02 01 03 07 00 00 00",
    );
  });
});

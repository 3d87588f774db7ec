import { describe, expect, test } from "bun:test";
import { hexdump } from "../../../server/pva/wire/hexdump.ts";

const TEXT = new TextEncoder().encode("pvRequest: field(value)");

describe("a hexdump", () => {
  test("shows offset, hex and ASCII, 16 bytes a line", () => {
    expect(hexdump(TEXT)).toBe(
      [
        "00000000  70 76 52 65 71 75 65 73  74 3a 20 66 69 65 6c 64  |pvRequest: field|",
        "00000010  28 76 61 6c 75 65 29                              |(value)|",
      ].join("\n"),
    );
  });

  test("shows bytes that are no ASCII characters as dots", () => {
    expect(hexdump(Uint8Array.of(0xca, 0x00, 0x7f, 0x20))).toEndWith("|... |");
  });

  test("of a range starts at the line that holds its first byte and ends with its last", () => {
    expect(hexdump(TEXT, { from: 18, to: 20 })).toBe(`00000010  28 76 61 6c${" ".repeat(39)}|(val|`);
  });

  test("of a range past the end, and of nothing, is empty", () => {
    expect(hexdump(TEXT, { from: 32, to: 48 })).toBe("");
    expect(hexdump(new Uint8Array(0))).toBe("");
  });
});

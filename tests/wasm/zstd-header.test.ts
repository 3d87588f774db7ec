import { describe, expect, test } from "bun:test";
import { zstdCompressSync } from "node:zlib";
import { zstdContentBytes } from "../../wasm/core/zstd-header.ts";

describe("the size that a Zstandard frame tells", () => {
  test("is what was packed, in every width of the field", () => {
    for (const bytes of [1, 200, 255, 256, 300, 65_791, 65_792, 100_000]) {
      expect(zstdContentBytes(zstdCompressSync(new Uint8Array(bytes)))).toBe(bytes);
    }
  });

  test("is read behind a window and a dictionary's id, of eight bytes too", () => {
    const magic = [0x28, 0xb5, 0x2f, 0xfd];
    // Descriptor 0xc3: eight bytes of size, a window, four bytes of dictionary.
    const frame = [...magic, 0xc3, 0x50, 9, 9, 9, 9, 1, 0, 0, 0, 2, 0, 0, 0];
    expect(zstdContentBytes(new Uint8Array(frame))).toBe(2 ** 33 + 1);
    for (let length = 0; length < frame.length; length++) {
      expect(zstdContentBytes(new Uint8Array(frame.slice(0, length)))).toBeUndefined();
    }
  });

  test("is unknown where none is told, and of what is no frame", () => {
    expect(zstdContentBytes(new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50, 1, 2, 3]))).toBeUndefined();
    expect(zstdContentBytes(new Uint8Array(20))).toBeUndefined();
  });
});

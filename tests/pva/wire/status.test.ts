import { describe, expect, test } from "bun:test";
import { ByteReader } from "../../../server/pva/wire/byte-reader.ts";
import { ByteWriter } from "../../../server/pva/wire/byte-writer.ts";
import { decodeStatus, encodeStatus, isSuccess } from "../../../server/pva/wire/status.ts";
import { bytes, hex, hexOf } from "../../support/pva-bytes.ts";

const FACTS = [
  ["ff", { kind: "ok", message: "", callTree: "" }, true],
  ['01 03 "low" 00', { kind: "warning", message: "low", callTree: "" }, true],
  ['02 02 "no" 02 "at"', { kind: "error", message: "no", callTree: "at" }, false],
  ["03 00 00", { kind: "fatal", message: "", callTree: "" }, false],
] as const;

describe.each(FACTS)("Status %s", (wire, status, success) => {
  test("is read, judged and written", () => {
    expect(decodeStatus(new ByteReader(bytes(hex(wire)), false))).toEqual(status);
    expect(isSuccess(status)).toBe(success);
    const writer = new ByteWriter(false);
    encodeStatus(writer, status);
    expect(hexOf(writer.finish())).toBe(hexOf(bytes(hex(wire))));
  });
});

test("a status nobody has defined is refused", () => {
  expect(() => decodeStatus(new ByteReader(bytes(hex("04 00 00")), false))).toThrow("status code 4");
});

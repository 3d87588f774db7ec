import { describe, expect, test } from "bun:test";
import { decodeType } from "../../server/pva/data/decode-type.ts";
import { decodeValue } from "../../server/pva/data/decode-value.ts";
import { scalar, structure } from "../../server/pva/data/type-description.ts";
import { PvaError } from "../../server/pva/errors.ts";
import { bytes, hex, LE } from "../support/pva-bytes.ts";
import { contextOf } from "../support/pva-context.ts";

function faultOf(run: () => unknown): PvaError {
  try {
    run();
  } catch (error) {
    if (error instanceof PvaError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a fault", () => {
  const inner = structure("", [{ name: "text", type: scalar("string") }]);
  const type = structure("", [
    { name: "number", type: scalar("int") },
    { name: "inner", type: inner },
  ]);
  const short = faultOf(() => decodeValue(contextOf(bytes(hex('01 00 00 00 09 "short"'))), type));

  test("says in one line what, how much, where, and in which field", () => {
    expect(short.message).toBe("message ends early (need 9, have 5, at byte 5) in inner.text");
    expect(short.path).toBe("inner.text");
  });

  test("shows the bytes around it", () => {
    expect(short.hexdump).toMatch(/^00000000 {2}01 00 00 00 09 73 68 6f {2}72 74 +\|\.{5}short\|$/);
  });

  test("far into a message shows two lines before its own and three behind, not the message", () => {
    const payload = new Uint8Array(100_000);
    const { hexdump } = new PvaError("bad-value", "odd").quoting(payload, 50_001);
    const lines = hexdump.split("\n");
    expect(lines.map((line) => parseInt(line, 16))).toEqual([49_968, 49_984, 50_000, 50_016, 50_032, 50_048]);
  });

  test("in a type names the member as well", () => {
    const unknown = faultOf(() => decodeType(contextOf(bytes(LE.structure("", [["x", hex("fe 07 00")]])))));
    expect(unknown).toMatchObject({ code: "unknown-type-id", path: "x", numbers: { offset: 6 } });
    expect(unknown.hexdump).toContain("fe 07 00");
  });

  test("keeps names with line ends and without end out of the log's lines", () => {
    const fault = new PvaError("bad-value", "odd").within("b\r\n\u001b[31mfatal: all is lost").within("a");
    expect(fault.message).toBe("odd in a.b???[31mfatal: all is lost");
    expect(fault.within("x".repeat(10_000)).message.length).toBeLessThan(250);
  });

  test("made without bytes has none to show", () => {
    expect(new PvaError("timeout", "no answer").hexdump).toBe("");
  });
});

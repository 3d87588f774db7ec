import { describe, expect, test } from "bun:test";
import { decodeDatagram } from "../../../server/pva/wire/datagram.ts";
import { BE, bytes, LE } from "../../support/pva-bytes.ts";

describe("datagram", () => {
  test("holds several messages, each in its own order", () => {
    const messages = decodeDatagram(bytes(BE.message(22, [1]), LE.message(3, [2, 3])));
    expect(messages.map(({ header, payload }) => [header.command, header.bigEndian, [...payload]])).toEqual([
      [22, true, [1]],
      [3, false, [2, 3]],
    ]);
  });

  test("is refused with control messages, segments, or fewer bytes than announced", () => {
    expect(() => decodeDatagram(bytes(LE.control(3)))).toThrow(
      expect.objectContaining({ code: "bad-header" }),
    );
    expect(() => decodeDatagram(bytes(LE.message(3, [1], { segment: "first" })))).toThrow(
      expect.objectContaining({ code: "bad-header" }),
    );
    expect(() => decodeDatagram(bytes(LE.message(3, [1, 2])).subarray(0, 9))).toThrow(
      expect.objectContaining({ code: "short-data" }),
    );
    expect(() => decodeDatagram(bytes(LE.message(3, []), [0xca]))).toThrow(
      expect.objectContaining({ code: "short-data" }),
    );
  });
});

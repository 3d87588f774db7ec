import { describe, expect, test } from "bun:test";
import { decodeAddress, encodeAddress, endpointName } from "../../../server/pva/wire/address.ts";
import { ByteReader } from "../../../server/pva/wire/byte-reader.ts";
import { ByteWriter } from "../../../server/pva/wire/byte-writer.ts";
import { bytes, hex, hexOf, LE } from "../../support/pva-bytes.ts";

const read = (list: number[]) => decodeAddress(new ByteReader(bytes(list), false));

describe("address", () => {
  test("reads IPv4 from its mapped form", () => {
    expect(read(LE.ipv4("10.1.2.255"))).toBe("10.1.2.255");
  });

  test("reads both ways of saying any", () => {
    expect(read(Array<number>(16).fill(0))).toBeUndefined();
    expect(read(LE.ipv4("0.0.0.0"))).toBeUndefined();
  });

  test("reads IPv6, the loopback too", () => {
    expect(read(hex("fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01"))).toBe("fe80::1");
    expect(read(hex("00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01"))).toBe("::1");
  });

  test.each([
    ["192.168.0.1", hexOf(bytes(LE.ipv4("192.168.0.1")))],
    ["::1", "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01"],
    ["fe80::12:3", "fe 80 00 00 00 00 00 00 00 00 00 00 00 12 00 03"],
    [undefined, "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"],
  ] as const)("writes %s", (host, wire) => {
    const writer = new ByteWriter(true);
    encodeAddress(writer, host);
    expect(hexOf(writer.finish())).toBe(wire);
  });

  test("refuses to write a host name", () => {
    for (const host of ["ioc.example", "10.0.0.256"])
      expect(() => encodeAddress(new ByteWriter(true), host)).toThrow("not an IP address");
  });

  test("names end points, IPv6 in brackets", () => {
    expect([endpointName({ host: "::1", port: 5 }), endpointName({ host: "1.2.3.4", port: 6 })]).toEqual([
      "[::1]:5",
      "1.2.3.4:6",
    ]);
  });
});

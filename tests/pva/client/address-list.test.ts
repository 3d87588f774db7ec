import { describe, expect, test } from "bun:test";
import {
  isMulticast,
  parseInterface,
  parseServer,
  parseTarget,
} from "../../../server/pva/client/address-list.ts";

describe("a search target", () => {
  test.each([
    ["10.0.0.1", { host: "10.0.0.1", port: 5 }],
    ["10.0.0.1:6", { host: "10.0.0.1", port: 6 }],
    ["a-b.c:6", { host: "a-b.c", port: 6 }],
    ["[fe80::1]", { host: "fe80::1", port: 5 }],
    ["[fe80::1%eth0]:7", { host: "fe80::1%eth0", port: 7 }],
    ["224.0.0.128,1@127.0.0.1", { host: "224.0.0.128", port: 5, ttl: 1, via: "127.0.0.1" }],
    ["239.1.1.1:6,32", { host: "239.1.1.1", port: 6, ttl: 32 }],
    ["[ff02::42:1],1@eth0", { host: "ff02::42:1", port: 5, ttl: 1, via: "eth0" }],
    ["[ff02::42:1]@fe80::1", { host: "ff02::42:1", port: 5, via: "fe80::1" }],
    ["239.1.1.1@eth0", { host: "239.1.1.1", port: 5, via: "eth0" }],
  ])("%s is read", (text, target) => {
    expect(parseTarget(text, 5)).toEqual(target);
  });

  test.each([
    ["fe80::1", "write [fe80::1]"],
    ["[fe80::x]", "[fe80::x] is no IPv6 address"],
    ["10.0.0", "10.0.0 is no IPv4 address: write a.b.c.d"],
    ["10.0.0.256", "10.0.0.256 is no IPv4 address: write a.b.c.d"],
    ["10.0.0.1:0", '"0" is no port: write a number from 1 to 65535'],
    ["10.0.0.1:5076x", '"5076x" is no port: write a number from 1 to 65535'],
    ["239.1.1.1,0", '"0" is no TTL: write a number from 1 to 255'],
    ["239.1.1.1,256", '"256" is no TTL: write a number from 1 to 255'],
    ["239.1.1.1@", "no interface after @: write its address or name"],
    ["239.1.1.1@eth0,1", "write host[:port][,TTL][@interface]"],
    [":5076", "no host: write host[:port]"],
    ["a/b", '"a/b" is no host name'],
    ["10.0.0.1;10.0.0.2", '"10.0.0.1;10.0.0.2" is no host name'],
  ])("%s is refused, and why", (text, why) => {
    expect(() => parseTarget(text, 5)).toThrow(
      expect.objectContaining({ code: "bad-setting", message: `"${text}": ${why}` }),
    );
  });
});

test("a server for TCP has neither TTL nor interface, and is no group", () => {
  expect(parseServer("[::1]:7", 5)).toEqual({ host: "::1", port: 7 });
  for (const text of ["a,1", "a@eth0", "224.0.0.128"])
    expect(() => parseServer(text, 5)).toThrow("TCP has no multicast");
});

test("an interface is an address, a name, or a group to listen to", () => {
  expect(["10.0.0.1", "[::1]", "::1", "eth0.100", "224.0.0.128,1@127.0.0.1"].map(parseInterface)).toEqual([
    "10.0.0.1",
    "::1",
    "::1",
    "eth0.100",
    "224.0.0.128,1@127.0.0.1",
  ]);
  expect(() => parseInterface("10.0.0.1:5075")).toThrow("without a port");
});

test("groups are told from hosts", () => {
  expect(["224.0.0.128", "239.255.255.255", "ff02::42:1", "FF05::1"].map(isMulticast)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["223.1.1.1", "240.0.0.1", "fe80::1", "ff.example"].map(isMulticast)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Subnet } from "../../server/config.ts";
import { bucketOf, Clients } from "../../server/http/access-client.ts";

const PROXIES: readonly Subnet[] = [
  { address: "127.0.0.1", prefix: 32, family: "ipv4" },
  { address: "10.0.0.0", prefix: 8, family: "ipv4" },
  { address: "fd00::", prefix: 8, family: "ipv6" },
];

function request(headers: Record<string, string>, url = "http://pc1/"): Request {
  return new Request(url, { headers });
}

function addressOf(peer: string | undefined, forwardedFor?: string, trusted = PROXIES): string {
  const headers = forwardedFor === undefined ? {} : { "X-Forwarded-For": forwardedFor };
  return new Clients(trusted).clientOf(request(headers), peer).address;
}

test.each([
  ["192.0.2.1", "203.0.113.9", "192.0.2.1"],
  ["127.0.0.1", "203.0.113.9", "203.0.113.9"],
  ["::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"],
  ["fd12::1", "2001:DB8::1", "2001:db8::1"],
  ["127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"],
  ["127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"],
  ["127.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"],
  ["127.0.0.1", "203.0.113.9:4711", "203.0.113.9"],
  ["127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"],
  ["127.0.0.1", "203.0.113.9, unknown", "127.0.0.1"],
  ["127.0.0.1", "", "127.0.0.1"],
  ["127.0.0.1", undefined, "127.0.0.1"],
  [undefined, "203.0.113.9", "unknown"],
  ["fe80::1%eth0", undefined, "fe80::1"],
] as const)("a connection of %p with X-Forwarded-For %p is of %p", (peer, forwardedFor, client) => {
  expect(addressOf(peer, forwardedFor)).toBe(client);
});

test("without trusted proxies no header is believed", () => {
  const headers = { "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil" };
  const client = new Clients([]).clientOf(request({ ...headers, Host: "pc1:8080" }), "127.0.0.1");
  expect(client).toEqual({ address: "127.0.0.1", secure: false, host: "pc1:8080" });
  expect(new Clients([]).clientOf(request(headers), undefined).address).toBe("unknown");
});

test("a trusted proxy tells scheme and host", () => {
  const headers = {
    "X-Forwarded-Proto": "https, http",
    "X-Forwarded-Host": "Cameras.Lab.org",
    Host: "127.0.0.1:8080",
  };
  const client = new Clients(PROXIES).clientOf(request(headers), "10.0.0.1");
  expect(client).toMatchObject({ secure: true, host: "cameras.lab.org" });
});

test.each([
  ["a b", ""],
  ["pc1/../evil", ""],
  ['"><script>', ""],
  ["pc1:port", ""],
  ["[::1]:8080", "[::1]:8080"],
  ["user@host", ""],
  ["PC1", "pc1"],
])("the host %p counts as %p", (host, kept) => {
  // Not by Request, whose URL does not take such hosts.
  const headers = new Headers({ Host: host });
  const sent = { url: "http://pc1/", headers } as unknown as Request;
  expect(new Clients([]).clientOf(sent, "192.0.2.1").host).toBe(kept);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
  ["::1", "0:0:0:0::/64"],
  ["unknown", "unknown"],
])("%p counts as %p", (address, bucket) => {
  expect(bucketOf(address)).toBe(bucket);
});

test("whatever stands in X-Forwarded-For, the client is an address, and none that an untrusted peer made up", () => {
  const entries = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string(),
    fc.constantFrom("unknown", "_hidden", "10.0.0.1", "", "1.2.3.4:99999", "[::1"),
  );
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 40 }), fc.ipV4(), (chain, peer) => {
      const header = chain.join(",").replace(/[^\x20-\x7e]/gu, "?");
      expect(addressOf("127.0.0.1", header)).toMatch(/^[\da-f:.]+$/u);
      expect(addressOf(peer, header, [])).toBe(peer);
      // The nearest proxy writes last: what it has seen counts, whatever the client sent before.
      expect(addressOf("127.0.0.1", `${header},203.0.113.9`)).toBe("203.0.113.9");
    }),
  );
});

test("a chain of ten thousand proxies takes no longer than one of a few", () => {
  const started = performance.now();
  expect(addressOf("127.0.0.1", "10.0.0.1,".repeat(10_000) + "10.0.0.1")).toBe("10.0.0.1");
  expect(performance.now() - started).toBeLessThan(100);
});

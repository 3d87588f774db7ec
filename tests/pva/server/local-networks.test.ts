import { describe, expect, test } from "bun:test";
import { isUnicast, LocalNetworks } from "../../../server/pva/server/local-networks.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const ADDRESSES = [
  { address: "127.0.0.1", netmask: "255.0.0.0" },
  { address: "10.1.2.3", netmask: "255.255.255.0" },
  { address: "172.16.5.1", netmask: "255.255.0.0" },
];

describe("an address", () => {
  const networks = new LocalNetworks(new ManualClock(), () => ADDRESSES);

  test.each([
    ["127.0.0.1", true],
    ["127.9.9.9", true],
    ["::1", true],
    ["10.1.2.3", true],
    ["::ffff:10.1.2.3", true],
    ["10.1.2.4", false],
    ["fe80::1", false],
  ])("is this host's own: %s, %p", (host, own) => {
    expect(networks.isOwn(host)).toBe(own);
  });

  test.each([
    ["10.1.2.9", "10.1.2.8", true, "both in the first network"],
    ["172.16.200.1", "172.16.3.4", true, "both in the second network"],
    ["10.1.3.9", "10.1.2.8", false, "one outside"],
    ["10.1.2.9", "192.168.0.1", false, "the sender outside"],
    ["10.1.2.255", "10.1.2.8", false, "the network's broadcast address"],
    ["10.1.2.0", "10.1.2.8", false, "the network itself"],
    ["172.16.255.255", "172.16.3.4", false, "a broadcast address of a larger network"],
    ["224.0.0.1", "10.1.2.8", false, "multicast"],
    ["fe80::1", "10.1.2.8", false, "IPv6"],
  ])("is a neighbour's: %s for %s is %p, %s", (host, sender, neighbour) => {
    expect(networks.isNeighbour(host, sender)).toBe(neighbour);
  });

  test.each([
    ["10.0.0.1", true],
    ["223.255.0.1", true],
    ["224.0.0.128", false],
    ["255.255.255.255", false],
    ["0.0.0.0", false],
    ["1.2.3", false],
    ["1.2.3.256", false],
  ])("is one machine's: %s, %p", (host, unicast) => {
    expect(isUnicast(host)).toBe(unicast);
  });
});

test("the system is asked at most every ten seconds", async () => {
  const clock = new ManualClock();
  let asked = 0;
  const networks = new LocalNetworks(clock, () => {
    asked++;
    return ADDRESSES;
  });
  for (let time = 0; time < 100; time++) networks.isOwn("10.0.0.9");
  expect(asked).toBe(1);
  await clock.advance(10_000);
  networks.isOwn("10.0.0.9");
  expect(asked).toBe(2);
});

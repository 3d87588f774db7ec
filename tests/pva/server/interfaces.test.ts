/** Servers on one interface, several, all, or with groups; each only where it says. */
import { createSocket } from "node:dgram";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import {
  ntScalar,
  PvaClient,
  PvaServer,
  type PvaServerOptions,
  SharedPv,
} from "../../../server/pva/index.ts";
import { readListening, tcpHosts } from "../../../server/pva/server/listening.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { searchFor, UdpSeeker } from "../../support/udp-seeker.ts";

const pv = new SharedPv(ntScalar("int"), { initial: { value: 1 } });
const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === "::1"),
);
const GROUP = "224.0.2.17";

let servers: PvaServer[];
beforeEach(() => {
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.close();
});

async function listen(options: Partial<PvaServerOptions>): Promise<PvaServer> {
  const server = await PvaServer.listen({
    port: 0,
    autoBeaconAddressList: false,
    provider: () => pv,
    ...options,
  });
  servers.push(server);
  return server;
}

async function getsFrom(server: string): Promise<unknown> {
  const client = new PvaClient({ autoAddressList: false });
  try {
    return (await client.get("PV", { server, timeoutMs: 3000 })).field("value");
  } finally {
    await client.close();
  }
}

describe("a list of interfaces", () => {
  test.each([
    [[], ["0.0.0.0"], []],
    [["127.0.0.1", "127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"], []],
    [["127.0.0.1", "0.0.0.0", "::1"], ["0.0.0.0", "::1"], []],
    [["localhost", "[::1]"], ["127.0.0.1", "::1"], []],
    [[`${GROUP},3@127.0.0.1`], ["127.0.0.1"], [{ host: GROUP, ttl: 3, via: "127.0.0.1" }]],
    [[GROUP], ["0.0.0.0"], [{ host: GROUP }]],
    [["ff02::42:1"], ["::"], [{ host: "ff02::42:1" }]],
  ])("%p means the addresses %p and the groups %p", (list, hosts, groups) => {
    expect(readListening(list)).toEqual({ hosts, groups });
  });

  test("needs one TCP socket for both families where it names both wildcards", () => {
    expect(tcpHosts(readListening(["0.0.0.0", "::"]))).toEqual(["::"]);
  });
});

test("a server on two interfaces has one port on both, and none on a third", async () => {
  const server = await listen({ interfaces: ["127.0.0.1", "127.0.0.2"] });
  const { port } = server.address;
  expect(server.addresses).toEqual([
    { host: "127.0.0.1", port },
    { host: "127.0.0.2", port },
  ]);
  expect([await getsFrom(`127.0.0.1:${port}`), await getsFrom(`127.0.0.2:${port}`)]).toEqual([1, 1]);
  const elsewhere = Bun.connect({ hostname: "127.0.0.3", port, socket: { data: () => undefined } });
  expect(await elsewhere.catch((error: unknown) => error)).toMatchObject({ code: "ECONNREFUSED" });
});

test("searches are answered from the interface that was asked, and broadcasts too", async () => {
  const server = await listen({ interfaces: ["127.0.0.1", "127.0.0.2"], searchPort: 0 });
  const seeker = await UdpSeeker.open("127.0.0.9");
  for (const [count, host] of ["127.0.0.1", "127.0.0.2", "127.255.255.255"].entries()) {
    seeker.send(server.searchPort!, host, searchFor("PV", { unicast: false }));
    await seeker.until(count + 1);
  }
  const [one, two, some] = seeker.heard.map(({ from }) => from);
  expect([one, two]).toEqual(["127.0.0.1", "127.0.0.2"]);
  expect(["127.0.0.1", "127.0.0.2"]).toContain(some!);
  seeker.close();
});

test("a group in the list is joined, and announced to", async () => {
  const ear = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => ear.bind(0, GROUP, () => resolve()));
  ear.addMembership(GROUP, "127.0.0.1");
  const beacon = new Promise<number>((resolve) => ear.once("message", (datagram) => resolve(datagram[3]!)));
  const clock = new ManualClock();
  const options = { interfaces: [`${GROUP},1@127.0.0.1`], searchPort: ear.address().port, clock };
  await listen({ ...options, autoBeaconAddressList: true });
  expect(await beacon).toBe(0);
  const seeker = await UdpSeeker.open();
  seeker.socket.setMulticastInterface("127.0.0.1");
  seeker.send(ear.address().port, GROUP, searchFor("PV", { unicast: false }));
  await seeker.until(1);
  expect(seeker.heard[0]?.from).toBe("127.0.0.1");
  seeker.close();
  ear.close();
});

test("beacons go to a group by the interface it names, and to others next to theirs", async () => {
  const [group, plain] = [await UdpSeeker.open(GROUP), await UdpSeeker.open()];
  group.socket.addMembership(GROUP, "127.0.0.1");
  await listen({
    interfaces: ["127.0.0.2"],
    clock: new ManualClock(),
    beaconAddressList: [
      { host: GROUP, port: group.port, ttl: 2, via: "127.0.0.1" },
      { host: "127.0.0.1", port: plain.port },
    ],
  });
  await Promise.all([group.until(1), plain.until(1)]);
  expect([group.heard[0]?.from, plain.heard[0]?.from]).toEqual(["127.0.0.2", "127.0.0.2"]);
  group.close();
  plain.close();
});

test("an ignored address is not answered, nor an ignored port, and others are", async () => {
  const [ignored, other, stranger] = [
    await UdpSeeker.open("127.0.0.3"),
    await UdpSeeker.open("127.0.0.4"),
    await UdpSeeker.open("127.0.0.4"),
  ];
  const { searchPort } = await listen({
    searchPort: 0,
    ignoreAddressList: [
      { host: "127.0.0.3", port: 0 },
      { host: "127.0.0.4", port: stranger.port },
    ],
  });
  for (const seeker of [ignored, stranger, other]) seeker.send(searchPort!, "127.0.0.1", searchFor("PV"));
  await other.until(1);
  // Another round: by its end an answer to the first would have come, too.
  other.send(searchPort!, "127.0.0.1", searchFor("PV"));
  await other.until(2);
  expect([ignored.heard.length, stranger.heard.length, other.heard.length]).toEqual([0, 0, 2]);
  for (const seeker of [ignored, other, stranger]) seeker.close();
});

test.skipIf(!hasIpv6)("IPv6: a server is found by UDP and reached by TCP, and IPv4 with it", async () => {
  const server = await listen({ interfaces: ["0.0.0.0", "::"], searchPort: 0 });
  const [six, four] = [await UdpSeeker.open("::1"), await UdpSeeker.open()];
  six.send(server.searchPort!, "::1", searchFor("PV"));
  four.send(server.searchPort!, "127.0.0.1", searchFor("PV"));
  await Promise.all([six.until(1), four.until(1)]);
  expect(six.heard[0]?.from).toBe("::1");
  const { port } = server.address;
  expect([await getsFrom(`[::1]:${port}`), await getsFrom(`127.0.0.1:${port}`)]).toEqual([1, 1]);
  six.close();
  four.close();
});

describe("a TCP port that is taken", () => {
  test("gives way to another where it was only wished for, on every interface, and this is said once", async () => {
    const taken = await listen({});
    const warnings: unknown[] = [];
    const quiet = (): void => undefined;
    const log = {
      debug: quiet,
      info: quiet,
      error: quiet,
      warning: (...line: unknown[]) => void warnings.push(line),
    };
    const server = await PvaServer.listen({
      interfaces: ["127.0.0.2", "127.0.0.1"],
      preferredPort: taken.address.port,
      log,
      provider: () => pv,
    });
    servers.push(server);
    expect(server.address.port).not.toBe(taken.address.port);
    expect(await getsFrom(`127.0.0.2:${server.address.port}`)).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  test("is an error where it was demanded, and nothing stays open", async () => {
    const taken = await listen({});
    const { port } = taken.address;
    const failed = listen({ interfaces: ["127.0.0.2", "127.0.0.1"], port });
    expect(await failed.catch((error: unknown) => error)).toMatchObject({
      code: "cannot-listen",
      message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
    await listen({ host: "127.0.0.2", port });
  });
});

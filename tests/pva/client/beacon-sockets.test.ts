import { afterEach, beforeEach, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { BeaconSockets } from "../../../server/pva/client/beacon-sockets.ts";
import { type PvaClientOptions, silentLog } from "../../../server/pva/index.ts";
import { settingsOf } from "../../../server/pva/client/options.ts";

const ipv6Interface = Object.entries(networkInterfaces()).find(([, addresses]) =>
  addresses?.some(({ address, internal }) => !internal && address.startsWith("fe80:")),
)?.[0];

let sender: Socket;
let port: number;
/** Listener and text. */
let heard: Set<string>;
let listening: BeaconSockets[];

beforeEach(async () => {
  heard = new Set();
  listening = [];
  sender = createSocket("udp4");
  // The sender's own port number is free on every other address.
  await new Promise<void>((resolve) => sender.bind(0, "127.0.0.1", () => resolve()));
  sender.setMulticastInterface("127.0.0.1");
  port = sender.address().port;
});

afterEach(async () => {
  await Promise.all(listening.map((sockets) => sockets.close()));
  await new Promise<void>((resolve) => sender.close(() => resolve()));
});

function listen(options: PvaClientOptions): void {
  const settings = settingsOf({ broadcastPort: port, log: silentLog, ...options });
  const number = listening.length;
  listening.push(
    new BeaconSockets(settings, (datagram) => heard.add(`${number} ${new TextDecoder().decode(datagram)}`)),
  );
}

/** Sends until it is heard: the first datagrams may come before a socket is bound or has joined. */
async function told(text: string, host: string, { from = sender, by = 0 } = {}): Promise<void> {
  while (!heard.has(`${by} ${text}`)) {
    from.send(text, port, host);
    await Bun.sleep(2);
  }
}

test("beacons are heard on the neighbours' group of loopback", async () => {
  listen({ interfaces: ["127.0.0.1"] });
  await told("forwarded", "224.0.0.128");
  expect([...heard]).toEqual(["0 forwarded"]);
});

test("beacons are heard on groups of the address list and of the interface list", async () => {
  listen({
    interfaces: ["127.0.0.1", "239.255.75.79@127.0.0.1"],
    addressList: [{ host: "239.255.75.78", port: 1 }],
  });
  await told("one", "239.255.75.78");
  await told("two", "239.255.75.79");
  expect([...heard]).toEqual(["0 one", "0 two"]);
});

test("two clients share the port, and both hear", async () => {
  listen({ interfaces: ["127.0.0.1"] });
  listen({ interfaces: ["127.0.0.1"] });
  sender.setBroadcast(true);
  await told("all", "127.255.255.255");
  await told("all", "127.255.255.255", { by: 1 });
  expect([...heard].sort()).toEqual(["0 all", "1 all"]);
});

test("a unicast datagram for a server on this host is left to it", async () => {
  const server = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => sender.close(() => resolve()));
  await new Promise<void>((resolve) => server.bind(port, "0.0.0.0", () => resolve()));
  listen({ interfaces: ["127.0.0.1"], addressList: [{ host: "239.255.75.78", port: 1 }] });
  sender = createSocket("udp4");
  await new Promise<void>((resolve) => sender.bind(0, "127.0.0.1", () => resolve()));
  sender.setMulticastInterface("127.0.0.1");
  await told("bound", "224.0.0.128");
  const got = new Promise<string>((resolve) =>
    server.on("message", (data) => {
      if (data.toString() !== "bound") resolve(data.toString());
    }),
  );
  sender.send("search", port, "127.0.0.1");
  expect(await got).toBe("search");
  expect([...heard].filter((text) => text.includes("search"))).toEqual([]);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test.skipIf(ipv6Interface === undefined)(
  "beacons are heard on IPv6 groups (skipped where no interface but loopback has IPv6)",
  async () => {
    listen({ addressList: [{ host: "ff02::42:1", port: 1 }] });
    const six = createSocket("udp6");
    await told("six", `ff02::42:1%${ipv6Interface!}`, { from: six });
    await new Promise<void>((resolve) => six.close(() => resolve()));
    expect([...heard]).toEqual(["0 six"]);
  },
);

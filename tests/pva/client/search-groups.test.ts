import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { type Endpoint, PvaClient, type PvaClientOptions } from "../../../server/pva/index.ts";
import { groupDestinations } from "../../../server/pva/client/search-targets.ts";
import { BE, type ByteList, bytes } from "../../support/pva-bytes.ts";
import { RecordingListener } from "../../support/pva-client.ts";
import { searchedChannels } from "../../support/pva-peer.ts";

/** Why nothing can be tested over IPv6 here, if so. */
const hasIpv6 = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .some(({ address }) => address === "::1");
/** An interface with IPv6 multicast: loopback has none on Linux. */
const ipv6Interface = Object.entries(networkInterfaces()).find(([, addresses]) =>
  addresses?.some(({ family, address, internal }) => {
    return family === "IPv6" && !internal && address.startsWith("fe80:");
  }),
)?.[0];

let clients: PvaClient[];
let sockets: Socket[];
let listeners: { stop(force: boolean): void }[];

beforeEach(() => {
  clients = [];
  sockets = [];
  listeners = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  for (const listener of listeners) listener.stop(true);
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
});

/** A socket that hears searches, as a server's would. */
async function serverSocket(host: string): Promise<Socket> {
  const six = host.includes(":");
  const socket = createSocket(
    six ? { type: "udp6", reuseAddr: true, ipv6Only: true } : { type: "udp4", reuseAddr: true },
  );
  sockets.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, host, () => resolve()));
  return socket;
}

/** The next datagram, and where it came from. */
function next(socket: Socket): Promise<{ readonly payload: Uint8Array; readonly from: Endpoint }> {
  return new Promise((resolve) => {
    socket.once("message", (data, { address, port }) =>
      resolve({ payload: new Uint8Array(data).subarray(8), from: { host: address, port } }),
    );
  });
}

/** A server that only tells that somebody has come. */
function tcpServer(host: string): { readonly port: number; readonly come: Promise<void> } {
  const { promise: come, resolve } = Promise.withResolvers<undefined>();
  const listener = Bun.listen({
    hostname: host,
    port: 0,
    socket: { open: () => resolve(undefined), data: () => undefined },
  });
  listeners.push(listener);
  return { port: listener.port, come: come.then(() => undefined) };
}

/** Channel 1 is at this address (16 bytes) and port. */
const found = (address: ByteList, port: number): Uint8Array =>
  bytes(
    BE.message(4, [
      Array<number>(12).fill(1),
      BE.u32(1),
      address,
      BE.u16(port),
      BE.string("tcp"),
      1,
      BE.u16(1),
      BE.u32(1),
    ]),
  );

const ANY = Array<number>(16).fill(0);

function searching(options: PvaClientOptions): void {
  const client = new PvaClient({ autoAddressList: false, ...options });
  clients.push(client);
  client.monitor("A", {}, new RecordingListener());
}

describe("a search of a multicast group", () => {
  test("reaches everybody in it through the interface named, says that it is one, and is answered", async () => {
    const [one, tcp] = [await serverSocket("0.0.0.0"), tcpServer("127.0.0.1")];
    one.addMembership("239.255.75.76", "127.0.0.1");
    const { port } = one.address();
    searching({ addressList: [{ host: "239.255.75.76", port, ttl: 1, via: "127.0.0.1" }] });
    const { payload, from } = await next(one);
    expect(payload[4]).toBe(0);
    expect(searchedChannels(payload, BE)).toEqual([{ cid: 1, name: "A" }]);
    one.send(found(ANY, tcp.port), from.port, from.host);
    await tcp.come;
  });

  test("goes out on every interface of EPICS_PVA_INTF_ADDR_LIST where it names none", async () => {
    const one = await serverSocket("0.0.0.0");
    one.addMembership("239.255.75.77", "127.0.0.1");
    const { port } = one.address();
    searching({ addressList: [{ host: "239.255.75.77", port }], interfaces: ["127.0.0.1"] });
    expect(searchedChannels((await next(one)).payload, BE)).toEqual([{ cid: 1, name: "A" }]);
  });

  test("that the system does not let us reach leaves the other targets be", async () => {
    const one = await serverSocket("127.0.0.1");
    const { port } = one.address();
    searching({
      addressList: [
        { host: "239.255.75.76", port, ttl: 300 },
        { host: "127.0.0.1", port },
      ],
    });
    expect(searchedChannels((await next(one)).payload, BE)).toEqual([{ cid: 1, name: "A" }]);
    expect(searchedChannels((await next(one)).payload, BE)).toEqual([{ cid: 1, name: "A" }]);
  });

  test("through an interface that is not there goes nowhere", () => {
    const group = { host: "239.255.75.76", port: 5076 };
    expect(groupDestinations({ ...group, via: "203.0.113.9" }, [])).toEqual([]);
    expect(groupDestinations({ ...group, via: "nosuch0" }, [])).toEqual([]);
    expect(groupDestinations(group, [])).toEqual([{ ...group, shared: true }]);
    expect(groupDestinations({ ...group, ttl: 7 }, ["127.0.0.1"])).toEqual([
      { ...group, ttl: 7, via: "127.0.0.1", shared: true },
    ]);
    expect(groupDestinations({ host: "ff02::42:1%eth7", port: 1 }, [])).toEqual([
      { host: "ff02::42:1%eth7", port: 1, shared: true },
    ]);
  });

  test.skipIf(ipv6Interface === undefined)(
    "of IPv6 reaches everybody in it (skipped where no interface but loopback has IPv6)",
    async () => {
      const [one, tcp] = [await serverSocket("::"), tcpServer("::")];
      one.addMembership("ff02::42:1", `::%${ipv6Interface!}`);
      const { port } = one.address();
      searching({ addressList: [{ host: "ff02::42:1", port, ttl: 1, via: ipv6Interface! }] });
      const { payload, from } = await next(one);
      expect(payload[4]).toBe(0);
      expect(searchedChannels(payload, BE)).toEqual([{ cid: 1, name: "A" }]);
      one.send(found(ANY, tcp.port), from.port, from.host);
      await tcp.come;
    },
  );
});

describe.skipIf(!hasIpv6)("a search over IPv6 (skipped where the kernel has none)", () => {
  test("reaches one address, says so, and leads to a connection over IPv6", async () => {
    const [one, tcp] = [await serverSocket("::1"), tcpServer("::1")];
    searching({ addressList: [{ host: "::1", port: one.address().port }] });
    const { payload, from } = await next(one);
    expect(payload[4]).toBe(0x80);
    one.send(found(ANY, tcp.port), from.port, from.host);
    await tcp.come;
  });

  test("may find a server of IPv4, and one of IPv4 a server of IPv6", async () => {
    const [four, six] = [tcpServer("127.0.0.1"), tcpServer("::1")];
    const [one, two] = [await serverSocket("::1"), await serverSocket("127.0.0.1")];
    searching({ addressList: [{ host: "::1", port: one.address().port }] });
    const asked = await next(one);
    one.send(found(BE.ipv4("127.0.0.1"), four.port), asked.from.port, asked.from.host);
    await four.come;
    searching({ addressList: [{ host: "127.0.0.1", port: two.address().port }] });
    const again = await next(two);
    const loopback = [...Array<number>(15).fill(0), 1];
    two.send(found(loopback, six.port), again.from.port, again.from.host);
    await six.come;
  });
});

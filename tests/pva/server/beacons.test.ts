import { createSocket, type Socket } from "node:dgram";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { PvaClient, PvaServer } from "../../../server/pva/index.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { bytes, hexOf, LE } from "../../support/pva-bytes.ts";

const ANY = Array<number>(16).fill(0);

/** A socket that hears beacons. */
class Ear {
  readonly socket: Socket;
  readonly heard: Uint8Array[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("message", (datagram) => {
      this.heard.push(datagram);
      this.#wake();
    });
  }

  static async open(): Promise<Ear> {
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    await new Promise<void>((resolve) => socket.bind(0, "0.0.0.0", () => resolve()));
    return new Ear(socket);
  }

  get port(): number {
    return this.socket.address().port;
  }

  async count(beacons: number): Promise<void> {
    while (this.heard.length < beacons) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

let clock: ManualClock;
let ear: Ear;

beforeEach(async () => {
  clock = new ManualClock();
  ear = await Ear.open();
});

afterEach(() => ear.socket.close());

function listen(options: Partial<Parameters<typeof PvaServer.listen>[0]>): Promise<PvaServer> {
  return PvaServer.listen({ port: 0, clock, provider: () => undefined, ...options });
}

describe("beacons", () => {
  test("say who is where, counting up", async () => {
    const server = await listen({ beaconAddressList: [{ host: "127.0.0.1", port: ear.port }] });
    await ear.count(1);
    await clock.advance(15_000);
    await ear.count(2);
    const [first, second] = ear.heard;
    expect(hexOf(first!.subarray(0, 4))).toBe("ca 02 40 00");
    const rest = (sequence: number): string =>
      hexOf(bytes(0, sequence, LE.u16(0), ANY, LE.u16(server.address.port), LE.string("tcp"), 0xff));
    expect(hexOf(first!.subarray(20))).toBe(rest(0));
    expect(hexOf(second!.subarray(20))).toBe(rest(1));
    expect(second!.subarray(8, 20)).toEqual(first!.subarray(8, 20));
    await server.close();
    expect(clock.pending).toBe(0);
  });

  test("come every 15 s ten times and every 180 s from then on", async () => {
    const server = await listen({ beaconAddressList: [{ host: "127.0.0.1", port: ear.port }] });
    for (let beacon = 2; beacon <= 10; beacon++) await clock.advance(15_000);
    await ear.count(10);
    await clock.advance(179_999);
    await clock.advance(1);
    await ear.count(11);
    await clock.advance(180_000);
    await ear.count(12);
    expect(ear.heard.map((datagram) => datagram[21])).toEqual(Array.from({ length: 12 }, (_, n) => n));
    await server.close();
  });

  test("of a loopback server reach everybody on this host who listens at its search port", async () => {
    const other = createSocket({ type: "udp4", reuseAddr: true });
    await new Promise<void>((resolve) => other.bind(ear.port, "0.0.0.0", () => resolve()));
    const heardToo = new Promise((resolve) => other.once("message", resolve));
    const server = await listen({ searchPort: ear.port });
    await ear.count(1);
    await heardToo;
    other.close();
    await server.close();
  });

  test("are not sent without an address or where they are not wanted", async () => {
    const servers = [await listen({}), await listen({ searchPort: 0 })];
    servers.push(await listen({ searchPort: ear.port, autoBeaconAddressList: false }));
    expect(clock.pending).toBe(0);
    for (const server of servers) await server.close();
  });

  test("wake a client's search for a name whose server has only now started", async () => {
    const port = ear.port;
    const client = new PvaClient({
      autoAddressList: false,
      addressList: [{ host: "127.255.255.255", port }],
      broadcastPort: port,
      clock,
    });
    const asked = (): number => client.statistics.searches;
    const value = client.get("PV", { timeoutMs: 1e9 }).catch(() => undefined);
    // After many tries the next one is half a minute away.
    for (let second = 0; second < 200; second++) await clock.advance(1000);
    const before = asked();
    const server = await listen({ searchPort: port });
    await ear.count(1);
    const deadline = performance.now() + 3000;
    while (asked() === before && performance.now() < deadline) {
      await clock.advance(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(asked()).toBeGreaterThan(before);
    await client.close();
    await value;
    await server.close();
    expect(clock.pending).toBe(0);
  });
});

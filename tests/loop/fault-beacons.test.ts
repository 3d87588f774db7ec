/** Forged beacons at a client whose healthy camera, on another server, goes on meanwhile. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { FaultStage, flood, growthOf } from "../support/fault-stage.ts";
import { BE, bytes } from "../support/pva-bytes.ts";

const FLOOD = 100_000;
/** What the client remembers of 20,000 servers takes some 6 MB; of 100,000 it would be 30. */
const MAX_GROWTH_BYTES = 14 * 1024 * 1024;

let stage: FaultStage;
let sender: Socket;
/** Of searches and beacons; nobody answers there. */
let port: number;

beforeEach(async () => {
  sender = createSocket("udp4");
  await new Promise<void>((resolve) => sender.bind(0, "127.0.0.1", resolve));
  sender.setBroadcast(true);
  ({ port } = sender.address());
  stage = await FaultStage.start({
    addressList: [{ host: "127.0.0.1", port }],
    broadcastPort: port,
    interfaces: ["127.0.0.1"],
  });
});

afterEach(async () => {
  await stage.end();
  await new Promise<void>((resolve) => sender.close(resolve));
});

/** Sends to the address that the client hears beacons on. */
function send(datagram: Uint8Array): void {
  sender.send(datagram, port, "127.255.255.255");
}

/** A beacon of the server process `id`, which names the address 10.x.y.z made of `place`. */
function beacon(id: number, place: number): Uint8Array {
  const guid = [...BE.u64(id), ...BE.u32(id)];
  const host = `10.${(place >> 16) & 255}.${(place >> 8) & 255}.${place & 255}`;
  return bytes(BE.message(0, [guid, 0, 1, BE.u16(0), BE.ipv4(host), BE.u16(5075), BE.string("tcp"), 0xff]));
}

test.each([
  ["as many servers", (n: number) => beacon(n, n)],
  ["one server that is always another process", (n: number) => beacon(n, 1)],
])(
  "a hundred thousand forged beacons of %s take bounded memory and hurry nothing twice",
  async (_, datagram) => {
    const listener = stage.search("VICTIM");
    const growth = await growthOf(() => flood(stage, send, { count: FLOOD, datagram, unreadable: false }));
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    // The first search, its retries after 1, 2, 3 … seconds of real time, a hurry every 30 s: not one for each beacon.
    expect(stage.client.statistics.searches).toBeLessThan(50);
    expect(stage.client.statistics.connections).toHaveLength(1);
    expect(listener.kinds).toEqual(["searching"]);
  },
  60_000,
);

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { BeaconListener } from "../../../server/pva/client/beacons.ts";
import { settingsOf } from "../../../server/pva/client/options.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { BE, bytes } from "../../support/pva-bytes.ts";

let clock: ManualClock;
let sender: Socket;
/** Bound like the listener: what has reached it has reached the listener too. */
let witness: Socket;
let port: number;
let listener: BeaconListener;
let hurried: number;
let appeared: string[];

beforeEach(async () => {
  clock = new ManualClock();
  hurried = 0;
  appeared = [];
  sender = createSocket("udp4");
  await new Promise<void>((resolve) => sender.bind(0, "127.0.0.1", resolve));
  sender.setBroadcast(true);
  witness = createSocket({ type: "udp4", reuseAddr: true });
  // The sender's own port number, free on the broadcast address, where the listener binds.
  ({ port } = sender.address());
  const settings = settingsOf({ interfaces: ["127.0.0.1"], broadcastPort: port, clock });
  await new Promise<void>((resolve) => witness.bind(port, "127.255.255.255", resolve));
  listener = new BeaconListener(settings, {
    appeared: (server) => void appeared.push(server),
    hurry: () => {
      hurried++;
    },
  });
});

afterEach(async () => {
  await listener.close();
  await new Promise<void>((resolve) => sender.close(resolve));
  await new Promise<void>((resolve) => witness.close(resolve));
  expect(clock.pending).toBe(0);
});

/** Broadcasts a beacon of the server `id` at `serverPort`, and waits until it has arrived. */
async function beacon(id: number, serverPort: number, protocol = "tcp"): Promise<void> {
  const guid = Array<number>(12).fill(id);
  const payload = [guid, 0, 1, BE.u16(0), BE.ipv4("0.0.0.0"), BE.u16(serverPort), BE.string(protocol), 0xff];
  await broadcast(bytes(BE.message(0, payload)));
}

async function broadcast(datagram: Uint8Array): Promise<void> {
  const arrived = new Promise<void>((resolve) => witness.once("message", () => resolve()));
  sender.send(datagram, port, "127.255.255.255");
  await arrived;
  // Both sockets became readable at once; the other one's turn is over after the next round of the event loop.
  for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve));
}

describe("beacons", () => {
  test("of protocols that we do not speak say nothing, however many names they have", async () => {
    for (const protocol of ["tls", "a", "b", ""]) await beacon(1, 5075, protocol);
    await clock.advance(1);
    expect(appeared).toEqual([]);
    expect(hurried).toBe(0);
  });

  test("of a server not seen before, or restarted, are told at once; all others are not", async () => {
    await beacon(1, 5075);
    await beacon(1, 5075);
    expect(appeared).toEqual(["127.0.0.1:5075"]);
    await beacon(2, 5075);
    await beacon(2, 6000);
    expect(appeared).toEqual(["127.0.0.1:5075", "127.0.0.1:5075", "127.0.0.1:6000"]);
  });

  test("hurry all searches once in 30 s, the last not forgotten", async () => {
    await beacon(1, 5075);
    await clock.advance(0);
    expect(hurried).toBe(1);
    for (let id = 2; id < 10; id++) await beacon(id, 5075);
    await clock.advance(29_999);
    expect(hurried).toBe(1);
    await clock.advance(1);
    expect(hurried).toBe(2);
    await clock.advance(60_000);
    expect(hurried).toBe(2);
  });

  test("of a server that was silent for six minutes are those of a new one", async () => {
    await beacon(1, 5075);
    await clock.advance(359_999);
    await beacon(1, 5075);
    expect(appeared).toHaveLength(1);
    await clock.advance(360_000);
    await beacon(1, 5075);
    expect(appeared).toHaveLength(2);
    await clock.advance(0);
  });

  test("that cannot be read change nothing", async () => {
    await broadcast(bytes([1, 2, 3]));
    await broadcast(bytes(BE.message(0, [1, 2, 3])));
    await clock.advance(1000);
    expect(hurried).toBe(0);
    await beacon(1, 5075);
    await clock.advance(0);
    expect(hurried).toBe(1);
  });
});

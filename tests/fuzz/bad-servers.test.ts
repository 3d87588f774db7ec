import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { PvaClient } from "../../server/pva/index.ts";
import { JumpingClock } from "../support/jumping-clock.ts";
import { bytes, LE } from "../support/pva-bytes.ts";
import { RecordingListener } from "../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer } from "../support/pva-peer.ts";
import { answerInit, everything, imageType, SID, update } from "../support/pva-stage.ts";

const MAX_ARRAY_BYTES = 1000;
const CONNECTION_TIMEOUT_MS = 40_000;
/** Changes of all three fields: value, size, extra. */
const IMAGE = [1, 0x0e];
const NO_EXTRA = 0xff;

let clock: JumpingClock;
let good: ScriptedPeer;
let bad: ScriptedPeer;
let client: PvaClient;
/** Places given out for pixels and neither filled nor given back. */
let lent: Set<Uint8Array>;
let healthy: { listener: RecordingListener; connection: PeerConnection; ioid: number };
let victim: RecordingListener;

const sink = {
  acquire: ({ byteLength }: { byteLength: number }) => {
    const place = new Uint8Array(byteLength);
    lent.add(place);
    return place;
  },
  abandon: (place: Uint8Array) => void lent.delete(place),
};

function watch(peer: ScriptedPeer, name: string): RecordingListener {
  const listener = new RecordingListener();
  client.monitor(name, { server: `127.0.0.1:${peer.port}`, bulk: { field: "value", sink } }, listener);
  return listener;
}

/** Takes the next connection of a peer up to START. */
async function subscribed(peer: ScriptedPeer, type = imageType(LE)) {
  const connection = await peer.accept();
  await connection.handshake();
  await connection.answerCreate(SID);
  const { ioid } = await answerInit(connection, type);
  await connection.next(13);
  return { connection, ioid };
}

/** Lets time pass, while the healthy server shows that it lives. */
async function pass(milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 10_000) {
    const echoes = healthy.connection.log.length;
    healthy.connection.send(LE.control(3));
    while (healthy.connection.log.length === echoes) await Bun.sleep(1);
    clock.jump(Math.min(left, 10_000));
    await Bun.sleep(1);
  }
}

beforeEach(async () => {
  clock = new JumpingClock();
  good = new ScriptedPeer(LE);
  bad = new ScriptedPeer(LE);
  lent = new Set();
  client = new PvaClient({
    autoAddressList: false,
    maxArrayBytes: MAX_ARRAY_BYTES,
    connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
    clock,
  });
  const listener = watch(good, "GOOD");
  healthy = { listener, ...(await subscribed(good)) };
  victim = watch(bad, "BAD");
});

afterEach(async () => {
  const { listener, connection, ioid } = healthy;
  const before = listener.updates.length;
  connection.send(update(LE, ioid, [1, 0x0e], everything(LE, 5)));
  await listener.until(() => listener.updates.length > before);
  expect(listener.faults).toEqual([]);
  expect(listener.kinds).not.toContain("disconnected");
  for (const { bulk } of [...listener.updates, ...victim.updates])
    if (bulk !== undefined) lent.delete(bulk.destination);
  expect(lent.size).toBe(0);
  await client.close();
  good.close();
  bad.close();
  expect(clock.pending).toBe(0);
});

describe("beside a healthy camera, a server", () => {
  test("that accepts and says nothing is given up and tried again", async () => {
    const first = await bad.accept();
    await pass(11_000);
    await first.closed.promise;
    await pass(60_000);
    await bad.accept();
    expect(victim.updates).toEqual([]);
  });

  test("that says one byte a second does not get through its handshake for ever", async () => {
    const connection = await bad.accept();
    for (const byte of bytes(LE.control(2)).subarray(0, 6)) {
      connection.send(byte);
      await pass(1000);
    }
    await pass(5000);
    await connection.closed.promise;
  });

  test("that stops in the middle of a frame loses its connection, and the frame's place comes back", async () => {
    const { connection, ioid } = await subscribed(bad);
    const whole = update(LE, ioid, IMAGE, [
      LE.size(100),
      new Array<number>(200).fill(1),
      LE.u32(1),
      NO_EXTRA,
    ]);
    connection.send(whole.slice(0, 100));
    while (lent.size === 0) await Bun.sleep(1);
    await pass(CONNECTION_TIMEOUT_MS + 1000);
    await connection.closed.promise;
    await victim.until(() => victim.kinds.includes("disconnected"));
    expect(victim.updates).toEqual([]);
  });

  test("that announces a frame above the limit loses its connection before a place is asked for", async () => {
    const { connection, ioid } = await subscribed(bad);
    const count = MAX_ARRAY_BYTES / 2 + 1;
    connection.send(
      update(LE, ioid, IMAGE, [LE.size(count), new Array<number>(2 * count).fill(1), LE.u32(1), NO_EXTRA]),
    );
    await connection.closed.promise;
    await victim.until(() => victim.faults.length > 0);
    expect(victim.faults[0]).toMatchObject({
      code: "limit",
      numbers: { need: 2 * count, have: MAX_ARRAY_BYTES },
    });
    expect(lent.size).toBe(0);
  });

  test("that sends frames of no bytes delivers them, and real ones after them", async () => {
    const { connection, ioid } = await subscribed(bad);
    for (let frame = 0; frame < 3; frame++)
      connection.send(update(LE, ioid, IMAGE, [LE.size(0), LE.u32(frame), NO_EXTRA]));
    connection.send(update(LE, ioid, IMAGE, [LE.size(1), LE.u16(7), LE.u32(3), NO_EXTRA]));
    await victim.until(() => victim.updates.length === 4);
    expect(victim.updates.map(({ bulk }) => bulk?.count)).toEqual([undefined, undefined, undefined, 1]);
    expect(victim.updates.map(({ value }) => value.field("size"))).toEqual([0, 1, 2, 3]);
  });

  test("whose type changes after it destroyed the channel is read by the new type", async () => {
    const { connection, ioid } = await subscribed(bad);
    connection.send(update(LE, ioid, IMAGE, [LE.size(1), LE.u16(7), LE.u32(3), NO_EXTRA]));
    await victim.until(() => victim.updates.length === 1);
    connection.send(LE.message(8, [LE.u32(SID), LE.u32(cidOf(connection) ?? 0)]));
    await victim.until(() => victim.kinds.includes("disconnected"));
    while (bad.all.length < 2) await pass(1000);
    const type = LE.structure("image", [
      ["size", [0x24]],
      ["value", [0x2a]],
    ]);
    const again = await subscribed(bad, type);
    again.connection.send(update(LE, again.ioid, [1, 0x06], [9, LE.size(1), LE.u32(70_000)]));
    await victim.until(() => victim.updates.length === 2);
    expect(victim.updates[1]!.value.field("size")).toBe(9);
    expect(victim.updates[1]!.bulk?.elementType).toBe("int");
  });
});

/** The client's id of the one channel of a connection. */
function cidOf(connection: PeerConnection): number | undefined {
  const create = connection.log.find(({ command }) => command === 7);
  return create && new DataView(create.payload.buffer, create.payload.byteOffset).getUint32(2, true);
}

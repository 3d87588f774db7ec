import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { AnnouncedArray, MonitorOptions, PvaClient } from "../../../server/pva/index.ts";
import { AnyValue, scalar } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { BE, type ByteList, bytes, hex, LE, type Wire } from "../../support/pva-bytes.ts";
import { clientOf, openChannel, RecordingListener } from "../../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer, uintAt } from "../../support/pva-peer.ts";

const SID = 44;
/** value: ushort[] (bit 1), size: int (2), extra: any (3). */
const imageType = (wire: Wire) =>
  wire.structure("image", [
    ["value", [0x2d]],
    ["size", [0x22]],
    ["extra", [0x82]],
  ]);

let clock: JumpingClock;
let peer: ScriptedPeer;
let client: PvaClient;
let listener: RecordingListener;

/** Starts peer and client; ends with no timer left. */
function start(wire: Wire): void {
  peer = new ScriptedPeer(wire);
  client = clientOf(peer, { clock });
}

beforeEach(() => {
  clock = new JumpingClock();
  listener = new RecordingListener();
});

afterEach(async () => {
  await client.close();
  peer.close();
  expect(clock.pending).toBe(0);
});

/** Answers the next INIT with a type; returns the operation's id and the INIT's subcommand. */
async function answerInit(
  connection: PeerConnection,
  type: ByteList,
): Promise<{ ioid: number; sub: number; init: Uint8Array }> {
  const { wire } = connection;
  const { payload } = await connection.next(13);
  const ioid = uintAt(payload, 4, 4, wire);
  connection.send(wire.message(13, [wire.u32(ioid), 8, 0xff, type]));
  return { ioid, sub: payload[8]!, init: payload };
}

/** A subscription up to and including its START. */
async function subscribed(
  wire: Wire,
  options: MonitorOptions = {},
): Promise<{ connection: PeerConnection; ioid: number }> {
  start(wire);
  client.monitor("A", options, listener);
  const connection = await openChannel(peer, SID);
  const { ioid } = await answerInit(connection, imageType(wire));
  const { payload } = await connection.next(13);
  expect(payload).toEqual(bytes(wire.u32(SID), wire.u32(ioid), 0x44));
  return { connection, ioid };
}

const update = (wire: Wire, ioid: number, changed: ByteList, data: ByteList, overrun: ByteList = [0]) =>
  wire.message(13, [wire.u32(ioid), 0, changed, data, overrun]);
const everything = (wire: Wire, size: number): ByteList => [
  2,
  wire.u16(1),
  wire.u16(2),
  wire.u32(size),
  0xff,
];

describe.each([
  ["little", LE],
  ["big", BE],
] as const)("a subscription (%s-endian)", (_, wire) => {
  test("starts only after the INIT reply, and merges updates", async () => {
    const { connection, ioid } = await subscribed(wire);
    expect(listener.states.at(-1)).toMatchObject({ kind: "connected", type: { id: "image" } });
    connection.send(update(wire, ioid, hex("01 01"), everything(wire, 7)));
    connection.send(update(wire, ioid, hex("01 04"), wire.u32(8), hex("01 02")));
    await listener.until(() => listener.updates.length === 2);
    const [first, second] = listener.updates;
    expect(first!.value.field("size")).toBe(7);
    expect(second!.value.field("size")).toBe(8);
    expect(second!.value.field("value")).toEqual(Uint16Array.of(1, 2));
    expect([[...second!.changed], [...second!.overrun]]).toEqual([[2], [1]]);
  });

  test("gives its sink the array from segments with an echo between them", async () => {
    const announced: AnnouncedArray[] = [];
    const acquire = (array: AnnouncedArray): Uint8Array => {
      announced.push(array);
      return new Uint8Array(array.byteLength);
    };
    const { connection, ioid } = await subscribed(wire, {
      bulk: { field: "value", sink: { acquire, abandon: () => undefined } },
    });
    const pixels = Array.from({ length: 70_000 }, (__, index) => wire.u16(index & 0xffff)).flat();
    connection.send(wire.message(13, [wire.u32(ioid), 0, 1, 1, wire.size(70_000)], { segment: "first" }));
    connection.send(wire.message(13, pixels, { segment: "middle" }), wire.control(3));
    connection.send(wire.message(13, [wire.u32(9), 0xff, 0], { segment: "last" }));
    await listener.until(() => listener.updates.length === 1);
    const { bulk, value } = listener.updates[0]!;
    expect(announced).toEqual([
      { elementType: "ushort", count: 70_000, byteLength: 140_000, bigEndian: wire.bigEndian },
    ]);
    expect(Buffer.compare(bulk!.destination, bytes(pixels))).toBe(0);
    expect(value.field("size")).toBe(9);
  });
});

describe("a first update that is not complete", () => {
  /** Sends a first update without `size` and `extra`, and takes the GET that must follow. */
  async function withGet(): Promise<{ connection: PeerConnection; ioid: number; get: number }> {
    const { connection, ioid } = await subscribed(LE);
    connection.send(update(LE, ioid, hex("01 02"), [1, LE.u16(5)]));
    const { payload } = await connection.next(10);
    const selection = hex('80 00 01 05 "field" 80 00 02 04 "size" 80 00 00 05 "extra" 80 00 00');
    expect(payload.subarray(8)).toEqual(bytes(8, selection));
    return { connection, ioid, get: uintAt(payload, 4, 4, LE) };
  }

  test("is completed by one GET of what it lacks before anybody sees it", async () => {
    const { connection, get } = await withGet();
    connection.send(LE.message(10, [LE.u32(get), 8, 0xff, LE.structure("", [["size", [0x22]]])]));
    expect((await connection.next(10)).payload).toEqual(bytes(LE.u32(SID), LE.u32(get), 0x10));
    expect(listener.updates).toHaveLength(0);
    connection.send(LE.message(10, [LE.u32(get), 0x10, 0xff, hex("01 01"), LE.u32(640)]));
    await listener.until(() => listener.updates.length === 1);
    expect(listener.updates[0]!.value.field("size")).toBe(640);
    expect(listener.updates[0]!.value.field("value")).toEqual(Uint16Array.of(5));
  });

  test("takes nothing from a GET that answers with another type", async () => {
    const { connection, get } = await withGet();
    connection.send(LE.message(10, [LE.u32(get), 8, 0xff, LE.structure("", [["size", [0x68]]])]));
    await connection.next(10);
    connection.send(LE.message(10, [LE.u32(get), 0x10, 0xff, hex("01 01"), [1], LE.string("wide")]));
    await listener.until(() => listener.updates.length === 1);
    expect(listener.updates[0]!.value.field("size")).toBe(0);
  });

  test("gives way to a newer one meanwhile, whose own word counts", async () => {
    const { connection, ioid, get } = await withGet();
    connection.send(LE.message(10, [LE.u32(get), 8, 0xff, imageType(LE)]));
    await connection.next(10);
    connection.send(update(LE, ioid, hex("01 06"), [1, LE.u16(6), LE.u32(333)]));
    connection.send(LE.message(10, [LE.u32(get), 0x10, 0xff, hex("01 01"), everything(LE, 640)]));
    await listener.until(() => listener.updates.length === 1);
    expect(listener.updates[0]!.value.field("size")).toBe(333);
    expect(listener.updates[0]!.value.field("value")).toEqual(Uint16Array.of(6));
  });

  test("keeps one destination, the newest, and tells all changes since the beginning", async () => {
    const given: Uint8Array[] = [];
    const abandoned: Uint8Array[] = [];
    const sink = {
      acquire: ({ byteLength }: AnnouncedArray) => {
        given.push(new Uint8Array(byteLength));
        return given.at(-1)!;
      },
      abandon: (destination: Uint8Array) => void abandoned.push(destination),
    };
    const { connection, ioid } = await subscribed(LE, { bulk: { field: "value", sink } });
    connection.send(update(LE, ioid, hex("01 02"), [1, LE.u16(5)]));
    const get = uintAt((await connection.next(10)).payload, 4, 4, LE);
    connection.send(update(LE, ioid, hex("01 02"), [1, LE.u16(6)]));
    connection.send(update(LE, ioid, hex("01 04"), LE.u32(640), hex("01 02")));
    connection.send(LE.message(10, [LE.u32(get), 8, 2, LE.string("no"), 0]));
    await listener.until(() => listener.updates.length === 1);
    const { bulk, changed, overrun, value } = listener.updates[0]!;
    expect(bulk!.destination).toBe(given[1]!);
    expect(abandoned).toEqual([given[0]!]);
    expect(abandoned[0]).toBe(given[0]);
    expect([[...changed], [...overrun]]).toEqual([[1, 2], [1]]);
    expect(value.field("size")).toBe(640);
  });

  test("is delivered as it is where the GET is refused or slow", async () => {
    const { connection, get } = await withGet();
    connection.send(LE.message(10, [LE.u32(get), 8, 2, LE.string("no"), 0]));
    await listener.until(() => listener.updates.length === 1);
    listener = new RecordingListener();
    const monitor = client.monitor("A", {}, listener);
    const { ioid } = await answerInit(connection, imageType(LE));
    await connection.next(13);
    connection.send(update(LE, ioid, hex("01 02"), [1, LE.u16(5)]));
    await connection.next(10);
    clock.jump(1000);
    await listener.until(() => listener.updates.length === 1);
    monitor.stop();
  });

  test("is told at once if it says nothing at all: there is nothing yet", async () => {
    const { connection, ioid } = await subscribed(LE);
    connection.send(update(LE, ioid, [0], []));
    await listener.until(() => listener.updates.length === 1);
    expect(listener.updates[0]!.changed.isEmpty).toBe(true);
    expect(listener.updates[0]!.value.field("size")).toBe(0);
  });
});

describe("a pipelined subscription", () => {
  test("announces its window and gives credits back in halves of it", async () => {
    start(LE);
    client.monitor("A", { pipeline: true, queueSize: 4 }, listener);
    const connection = await openChannel(peer, SID);
    const { ioid, sub, init } = await answerInit(connection, imageType(LE));
    expect(sub).toBe(0x88);
    expect(init.subarray(-4)).toEqual(bytes(LE.u32(4)));
    await connection.next(13);
    for (let count = 0; count < 5; count++)
      connection.send(update(LE, ioid, hex("01 01"), everything(LE, count)));
    for (let ack = 0; ack < 2; ack++)
      expect((await connection.next(13)).payload).toEqual(bytes(LE.u32(SID), LE.u32(ioid), 0x80, LE.u32(2)));
  });

  test("becomes a plain one where the INIT is not answered", async () => {
    start(LE);
    client.monitor("A", { pipeline: true }, listener);
    const connection = await openChannel(peer, SID);
    const ignored = uintAt((await connection.next(13)).payload, 4, 4, LE);
    clock.jump(2500);
    expect((await connection.next(15)).payload).toEqual(bytes(LE.u32(SID), LE.u32(ignored)));
    const { ioid, sub } = await answerInit(connection, imageType(LE));
    expect(sub).toBe(0x08);
    expect(ioid).not.toBe(ignored);
    await listener.until(() => listener.kinds.at(-1) === "connected");
    expect(listener.faults).toHaveLength(0);
  });
});

describe("trouble of a subscription", () => {
  test("that the server refuses is told, and tried again later", async () => {
    start(LE);
    client.monitor("A", {}, listener);
    const connection = await openChannel(peer, SID);
    const { payload } = await connection.next(13);
    connection.send(LE.message(13, [[...payload.subarray(4, 8)], 8, 2, LE.string("not today"), 0]));
    await listener.until(() => listener.faults.length === 1);
    expect(listener.faults[0]).toMatchObject({ code: "refused", message: "subscription refused: not today" });
    clock.jump(2000);
    await answerInit(connection, imageType(LE));
    await listener.until(() => listener.kinds.at(-1) === "connected");
  });

  test("that the server does not answer is told after the request's time", async () => {
    start(LE);
    client.monitor("A", {}, listener);
    const connection = await openChannel(peer, SID);
    await connection.next(13);
    clock.jump(5000);
    await listener.until(() => listener.faults.length === 1);
    expect(listener.faults[0]!.code).toBe("timeout");
  });

  test("that the server ends is a disconnection, and begun again", async () => {
    const { connection, ioid } = await subscribed(LE);
    connection.send(LE.message(13, [LE.u32(ioid), 0x10, 0xff]));
    await listener.until(() => listener.kinds.at(-1) === "disconnected");
    clock.jump(2000);
    await answerInit(connection, imageType(LE));
    await listener.until(() => listener.kinds.at(-1) === "connected");
  });

  test("that is an unreadable update costs the connection, and is told with the field", async () => {
    const { connection, ioid } = await subscribed(LE);
    connection.send(update(LE, ioid, hex("01 08"), [0xfe, LE.u16(99)]));
    await connection.closed.promise;
    await listener.until(() => listener.kinds.at(-1) === "disconnected");
    expect(listener.faults).toHaveLength(1);
    expect(listener.faults[0]).toMatchObject({ code: "unknown-type-id", path: "extra" });
    clock.jump(1000);
    await openChannel(peer, SID);
  });

  test("that is a connection lost inside an array gives the destination back, and is no fault", async () => {
    const abandoned: Uint8Array[] = [];
    let given: Uint8Array | undefined;
    const taken = Promise.withResolvers<undefined>();
    const sink = {
      acquire: ({ byteLength }: AnnouncedArray) => {
        taken.resolve(undefined);
        return (given = new Uint8Array(byteLength));
      },
      abandon: (destination: Uint8Array) => void abandoned.push(destination),
    };
    const { connection, ioid } = await subscribed(LE, { bulk: { field: "value", sink } });
    connection.send(update(LE, ioid, hex("01 01"), everything(LE, 7)).slice(0, -8));
    await taken.promise;
    connection.hangUp();
    await listener.until(() => listener.kinds.includes("disconnected"));
    expect(abandoned).toEqual([given!]);
    expect(listener.faults).toHaveLength(0);
  });

  test("that is only a Status echoed by an old server passes", async () => {
    const { connection, ioid } = await subscribed(LE);
    connection.send(LE.message(13, [LE.u32(ioid), 0x44, 2, LE.string("late"), 0]));
    connection.send(update(LE, ioid, hex("01 01"), everything(LE, 7)));
    await listener.until(() => listener.updates.length === 1);
  });

  test("that is a listener's own leaves the subscription alive", async () => {
    const seen: unknown[] = [];
    listener.update = (each) => {
      seen.push(each);
      throw new Error("listener's own");
    };
    const { connection, ioid } = await subscribed(LE);
    for (let count = 0; count < 2; count++)
      connection.send(update(LE, ioid, hex("01 01"), everything(LE, count)));
    connection.send(LE.message(13, [LE.u32(ioid), 0x10, 0xff]));
    await listener.until(() => listener.kinds.at(-1) === "disconnected");
    expect(seen).toHaveLength(2);
  });
});

describe("a stopped subscription", () => {
  test("says so, hears nothing more, and still learns the types defined in what was under way", async () => {
    const { connection, ioid } = await subscribed(LE);
    const other = new RecordingListener();
    const stopped = client.monitor("A", {}, other);
    const second = await answerInit(connection, imageType(LE));
    await connection.next(13);
    stopped.stop();
    expect((await connection.next(15)).payload).toEqual(bytes(LE.u32(SID), LE.u32(second.ioid)));
    connection.send(update(LE, second.ioid, hex("01 08"), [0xfd, LE.u16(9), 0x22, LE.u32(1)]));
    connection.send(update(LE, ioid, hex("01 0e"), [1, LE.u16(1), LE.u32(7), 0xfe, LE.u16(9), LE.u32(2)]));
    await listener.until(() => listener.updates.length === 1);
    expect(listener.updates[0]!.value.field("extra")).toEqual(new AnyValue(scalar("int"), 2));
    expect(other.updates).toHaveLength(0);
  });

  test("gives a destination that fills too late back to its sink", async () => {
    const abandoned: Uint8Array[] = [];
    let given: Uint8Array | undefined;
    const taken = Promise.withResolvers<undefined>();
    const sink = {
      acquire: ({ byteLength }: AnnouncedArray) => {
        taken.resolve(undefined);
        return (given = new Uint8Array(byteLength));
      },
      abandon: (destination: Uint8Array) => void abandoned.push(destination),
    };
    start(LE);
    const monitor = client.monitor("A", { bulk: { field: "value", sink } }, listener);
    const connection = await openChannel(peer, SID);
    const { ioid } = await answerInit(connection, imageType(LE));
    const whole = update(LE, ioid, hex("01 01"), everything(LE, 7));
    connection.send(whole.slice(0, -8));
    await taken.promise;
    monitor.stop();
    connection.send(whole.slice(-8), LE.message(2, [7]));
    const { payload } = await connection.next(8);
    connection.send(LE.message(8, [[...payload]]));
    await client.close();
    expect(abandoned).toEqual([given!]);
    expect(listener.updates).toHaveLength(0);
  });

  test("is not started when its INIT reply comes too late, and asks its sink for nothing", async () => {
    const asked: AnnouncedArray[] = [];
    const sink = {
      acquire: (array: AnnouncedArray) => {
        asked.push(array);
        return undefined;
      },
      abandon: () => undefined,
    };
    const { connection } = await subscribed(LE);
    const stopped = client.monitor("A", { bulk: { field: "value", sink } }, new RecordingListener());
    const { payload } = await connection.next(13);
    const late = uintAt(payload, 4, 4, LE);
    stopped.stop();
    await connection.next(15);
    connection.send(LE.message(13, [LE.u32(late), 8, 0xff, imageType(LE)]));
    connection.send(update(LE, late, hex("01 01"), everything(LE, 1)));
    connection.send(LE.message(8, [LE.u32(SID), LE.u32(1)]));
    await listener.until(() => listener.kinds.includes("disconnected"));
    expect(asked).toHaveLength(0);
    expect(
      connection.log.filter(
        ({ command, payload: each }) => command === 13 && uintAt(each, 4, 4, LE) === late,
      ),
    ).toHaveLength(1);
  });
});

import { afterEach, describe, expect, test } from "bun:test";
import type { AnnouncedArray } from "../../../server/pva/index.ts";
import { BE, bytes, hex, LE } from "../../support/pva-bytes.ts";
import { openChannel } from "../../support/pva-client.ts";
import { answerInit, everything, imageType, MonitorStage, SID, update } from "../../support/pva-stage.ts";

let stage: MonitorStage;
afterEach(async () => await stage.close());

describe.each([
  ["little", LE],
  ["big", BE],
] as const)("a subscription (%s-endian)", (_, wire) => {
  test("starts only after the INIT reply, and merges updates", async () => {
    const { connection, ioid } = await (stage = new MonitorStage(wire)).subscribed();
    expect(stage.listener.states.at(-1)).toMatchObject({ kind: "connected", type: { id: "image" } });
    connection.send(update(wire, ioid, hex("01 01"), everything(wire, 7)));
    connection.send(update(wire, ioid, hex("01 04"), wire.u32(8), hex("01 02")));
    await stage.listener.until(() => stage.listener.updates.length === 2);
    const [first, second] = stage.listener.updates;
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
    const { connection, ioid } = await (stage = new MonitorStage(wire)).subscribed({
      bulk: { field: "value", sink: { acquire, abandon: () => undefined } },
    });
    const pixels = Array.from({ length: 70_000 }, (__, index) => wire.u16(index & 0xffff)).flat();
    connection.send(wire.message(13, [wire.u32(ioid), 0, 1, 1, wire.size(70_000)], { segment: "first" }));
    connection.send(wire.message(13, pixels, { segment: "middle" }), wire.control(3));
    connection.send(wire.message(13, [wire.u32(9), 0xff, 0], { segment: "last" }));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    const { bulk, value } = stage.listener.updates[0]!;
    expect(announced).toEqual([
      { elementType: "ushort", count: 70_000, byteLength: 140_000, bigEndian: wire.bigEndian },
    ]);
    expect(Buffer.compare(bulk!.destination, bytes(pixels))).toBe(0);
    expect(value.field("size")).toBe(9);
  });
});

describe("trouble of a subscription", () => {
  test("that the server refuses is told, and tried again later", async () => {
    const connection = await (stage = new MonitorStage(LE)).opened({});
    const { payload } = await connection.next(13);
    connection.send(LE.message(13, [[...payload.subarray(4, 8)], 8, 2, LE.string("not today"), 0]));
    await stage.listener.until(() => stage.listener.faults.length === 1);
    expect(stage.listener.faults[0]).toMatchObject({
      code: "refused",
      message: "subscription refused: not today",
    });
    stage.clock.jump(2000);
    await answerInit(connection, imageType(LE));
    await stage.listener.until(() => stage.listener.kinds.at(-1) === "connected");
  });

  test("that the server does not answer is told after the request's time", async () => {
    const connection = await (stage = new MonitorStage(LE)).opened({});
    await connection.next(13);
    stage.clock.jump(5000);
    await stage.listener.until(() => stage.listener.faults.length === 1);
    expect(stage.listener.faults[0]!.code).toBe("timeout");
  });

  test("that the server ends is a disconnection, and begun again", async () => {
    const { connection, ioid } = await (stage = new MonitorStage(LE)).subscribed();
    connection.send(LE.message(13, [LE.u32(ioid), 0x10, 0xff]));
    await stage.listener.until(() => stage.listener.kinds.at(-1) === "disconnected");
    stage.clock.jump(2000);
    await answerInit(connection, imageType(LE));
    await stage.listener.until(() => stage.listener.kinds.at(-1) === "connected");
  });

  test("that is an unreadable update costs the connection, and is told with the field", async () => {
    const { connection, ioid } = await (stage = new MonitorStage(LE)).subscribed();
    connection.send(update(LE, ioid, hex("01 08"), [0xfe, LE.u16(99)]));
    await connection.closed.promise;
    await stage.listener.until(() => stage.listener.kinds.at(-1) === "disconnected");
    expect(stage.listener.faults).toHaveLength(1);
    expect(stage.listener.faults[0]).toMatchObject({ code: "unknown-type-id", path: "extra" });
    stage.clock.jump(1000);
    await openChannel(stage.peer, SID);
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
    const { connection, ioid } = await (stage = new MonitorStage(LE)).subscribed({
      bulk: { field: "value", sink },
    });
    connection.send(update(LE, ioid, hex("01 01"), everything(LE, 7)).slice(0, -8));
    await taken.promise;
    connection.hangUp();
    await stage.listener.until(() => stage.listener.kinds.includes("disconnected"));
    expect(abandoned).toEqual([given!]);
    expect(stage.listener.faults).toHaveLength(0);
  });

  test("that is only a Status echoed by an old server passes", async () => {
    const { connection, ioid } = await (stage = new MonitorStage(LE)).subscribed();
    connection.send(LE.message(13, [LE.u32(ioid), 0x44, 2, LE.string("late"), 0]));
    connection.send(update(LE, ioid, hex("01 01"), everything(LE, 7)));
    await stage.listener.until(() => stage.listener.updates.length === 1);
  });

  test("that is a listener's own leaves the subscription alive", async () => {
    const seen: unknown[] = [];
    stage = new MonitorStage(LE);
    stage.listener.update = (each) => {
      seen.push(each);
      throw new Error("listener's own");
    };
    const { connection, ioid } = await stage.subscribed();
    for (let count = 0; count < 2; count++)
      connection.send(update(LE, ioid, hex("01 01"), everything(LE, count)));
    connection.send(LE.message(13, [LE.u32(ioid), 0x10, 0xff]));
    await stage.listener.until(() => stage.listener.kinds.at(-1) === "disconnected");
    expect(seen).toHaveLength(2);
  });
});

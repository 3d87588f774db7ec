import { afterEach, describe, expect, test } from "bun:test";
import type { AnnouncedArray } from "../../../server/pva/index.ts";
import { AnyValue, scalar } from "../../../server/pva/index.ts";
import { bytes, hex, LE } from "../../support/pva-bytes.ts";
import { openChannel, RecordingListener } from "../../support/pva-client.ts";
import { uintAt } from "../../support/pva-peer.ts";
import { answerInit, everything, imageType, MonitorStage, SID, update } from "../../support/pva-stage.ts";

let stage: MonitorStage;
afterEach(async () => await stage.close());

describe("a pipelined subscription", () => {
  test("announces its window and gives credits back in halves of it", async () => {
    const connection = await (stage = new MonitorStage(LE)).opened({ pipeline: true, queueSize: 4 });
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
    const connection = await (stage = new MonitorStage(LE)).opened({ pipeline: true });
    const ignored = uintAt((await connection.next(13)).payload, 4, 4, LE);
    stage.clock.jump(2500);
    expect((await connection.next(15)).payload).toEqual(bytes(LE.u32(SID), LE.u32(ignored)));
    const { ioid, sub } = await answerInit(connection, imageType(LE));
    expect(sub).toBe(0x08);
    expect(ioid).not.toBe(ignored);
    await stage.listener.until(() => stage.listener.kinds.at(-1) === "connected");
    expect(stage.listener.faults).toHaveLength(0);
  });
});

describe("a stopped subscription", () => {
  test("says so, hears nothing more, and still learns the types defined in what was under way", async () => {
    const { connection, ioid } = await (stage = new MonitorStage(LE)).subscribed();
    const other = new RecordingListener();
    const stopped = stage.client.monitor("A", {}, other);
    const second = await answerInit(connection, imageType(LE));
    await connection.next(13);
    stopped.stop();
    expect((await connection.next(15)).payload).toEqual(bytes(LE.u32(SID), LE.u32(second.ioid)));
    connection.send(update(LE, second.ioid, hex("01 08"), [0xfd, LE.u16(9), 0x22, LE.u32(1)]));
    connection.send(update(LE, ioid, hex("01 0e"), [1, LE.u16(1), LE.u32(7), 0xfe, LE.u16(9), LE.u32(2)]));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    expect(stage.listener.updates[0]!.value.field("extra")).toEqual(new AnyValue(scalar("int"), 2));
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
    stage = new MonitorStage(LE);
    const monitor = stage.client.monitor("A", { bulk: { field: "value", sink } }, stage.listener);
    const connection = await openChannel(stage.peer, SID);
    const { ioid } = await answerInit(connection, imageType(LE));
    const whole = update(LE, ioid, hex("01 01"), everything(LE, 7));
    connection.send(whole.slice(0, -8));
    await taken.promise;
    monitor.stop();
    connection.send(whole.slice(-8), LE.message(2, [7]));
    const { payload } = await connection.next(8);
    connection.send(LE.message(8, [[...payload]]));
    await stage.client.close();
    expect(abandoned).toEqual([given!]);
    expect(stage.listener.updates).toHaveLength(0);
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
    const { connection } = await (stage = new MonitorStage(LE)).subscribed();
    const stopped = stage.client.monitor("A", { bulk: { field: "value", sink } }, new RecordingListener());
    const { payload } = await connection.next(13);
    const late = uintAt(payload, 4, 4, LE);
    stopped.stop();
    await connection.next(15);
    connection.send(LE.message(13, [LE.u32(late), 8, 0xff, imageType(LE)]));
    connection.send(update(LE, late, hex("01 01"), everything(LE, 1)));
    connection.send(LE.message(8, [LE.u32(SID), LE.u32(1)]));
    await stage.listener.until(() => stage.listener.kinds.includes("disconnected"));
    expect(asked).toHaveLength(0);
    expect(
      connection.log.filter(
        ({ command, payload: each }) => command === 13 && uintAt(each, 4, 4, LE) === late,
      ),
    ).toHaveLength(1);
  });
});

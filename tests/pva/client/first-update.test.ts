import { afterEach, describe, expect, test } from "bun:test";
import type { AnnouncedArray } from "../../../server/pva/index.ts";
import { bytes, hex, LE } from "../../support/pva-bytes.ts";
import { RecordingListener } from "../../support/pva-client.ts";
import { type PeerConnection, uintAt } from "../../support/pva-peer.ts";
import { answerInit, everything, imageType, MonitorStage, SID, update } from "../../support/pva-stage.ts";

let stage: MonitorStage;
afterEach(async () => await stage.close());

describe("a first update that is not complete", () => {
  /** Sends a first update without `size` and `extra`, and takes the GET that must follow. */
  async function withGet(): Promise<{ connection: PeerConnection; ioid: number; get: number }> {
    const { connection, ioid } = await (stage = new MonitorStage(LE)).subscribed();
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
    expect(stage.listener.updates).toHaveLength(0);
    connection.send(LE.message(10, [LE.u32(get), 0x10, 0xff, hex("01 01"), LE.u32(640)]));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    expect(stage.listener.updates[0]!.value.field("size")).toBe(640);
    expect(stage.listener.updates[0]!.value.field("value")).toEqual(Uint16Array.of(5));
  });

  test("takes nothing from a GET that answers with another type", async () => {
    const { connection, get } = await withGet();
    connection.send(LE.message(10, [LE.u32(get), 8, 0xff, LE.structure("", [["size", [0x68]]])]));
    await connection.next(10);
    connection.send(LE.message(10, [LE.u32(get), 0x10, 0xff, hex("01 01"), [1], LE.string("wide")]));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    expect(stage.listener.updates[0]!.value.field("size")).toBe(0);
  });

  test("gives way to a newer one meanwhile, whose own word counts", async () => {
    const { connection, ioid, get } = await withGet();
    connection.send(LE.message(10, [LE.u32(get), 8, 0xff, imageType(LE)]));
    await connection.next(10);
    connection.send(update(LE, ioid, hex("01 06"), [1, LE.u16(6), LE.u32(333)]));
    connection.send(LE.message(10, [LE.u32(get), 0x10, 0xff, hex("01 01"), everything(LE, 640)]));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    expect(stage.listener.updates[0]!.value.field("size")).toBe(333);
    expect(stage.listener.updates[0]!.value.field("value")).toEqual(Uint16Array.of(6));
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
    const { connection, ioid } = await (stage = new MonitorStage(LE)).subscribed({
      bulk: { field: "value", sink },
    });
    connection.send(update(LE, ioid, hex("01 02"), [1, LE.u16(5)]));
    const get = uintAt((await connection.next(10)).payload, 4, 4, LE);
    connection.send(update(LE, ioid, hex("01 02"), [1, LE.u16(6)]));
    connection.send(update(LE, ioid, hex("01 04"), LE.u32(640), hex("01 02")));
    connection.send(LE.message(10, [LE.u32(get), 8, 2, LE.string("no"), 0]));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    const { bulk, changed, overrun, value } = stage.listener.updates[0]!;
    expect(bulk!.destination).toBe(given[1]!);
    expect(abandoned).toEqual([given[0]!]);
    expect(abandoned[0]).toBe(given[0]);
    expect([[...changed], [...overrun]]).toEqual([[1, 2], [1]]);
    expect(value.field("size")).toBe(640);
  });

  test("is delivered as it is where the GET is refused or slow", async () => {
    const { connection, get } = await withGet();
    connection.send(LE.message(10, [LE.u32(get), 8, 2, LE.string("no"), 0]));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    const slow = new RecordingListener();
    const monitor = stage.client.monitor("A", {}, slow);
    const { ioid } = await answerInit(connection, imageType(LE));
    await connection.next(13);
    connection.send(update(LE, ioid, hex("01 02"), [1, LE.u16(5)]));
    await connection.next(10);
    stage.clock.jump(1000);
    await slow.until(() => slow.updates.length === 1);
    monitor.stop();
  });

  test("is told at once if it says nothing at all: there is nothing yet", async () => {
    const { connection, ioid } = await (stage = new MonitorStage(LE)).subscribed();
    connection.send(update(LE, ioid, [0], []));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    expect(stage.listener.updates[0]!.changed.isEmpty).toBe(true);
    expect(stage.listener.updates[0]!.value.field("size")).toBe(0);
  });
});

import { afterEach, describe, expect, test } from "bun:test";
import { BitSet, type Monitor } from "../../../server/pva/index.ts";
import { bytes, hex, LE } from "../../support/pva-bytes.ts";
import { openChannel } from "../../support/pva-client.ts";
import type { PeerConnection } from "../../support/pva-peer.ts";
import { answerInit, everything, imageType, MonitorStage, SID, update } from "../../support/pva-stage.ts";

let stage: MonitorStage;
afterEach(async () => await stage.close());

/** A monitor on a channel whose INIT is not answered yet. */
async function opened(): Promise<{ monitor: Monitor; connection: PeerConnection }> {
  stage = new MonitorStage(LE);
  const monitor = stage.client.monitor("A", {}, stage.listener);
  return { monitor, connection: await openChannel(stage.peer, SID) };
}

describe("a paused subscription", () => {
  test("stops at the server and starts again, under the same id", async () => {
    const { monitor, connection } = await opened();
    const { ioid } = await answerInit(connection, imageType(LE));
    await connection.next(13);
    monitor.pause();
    monitor.pause();
    expect((await connection.next(13)).payload).toEqual(bytes(LE.u32(SID), LE.u32(ioid), 0x04));
    monitor.resume();
    monitor.resume();
    expect((await connection.next(13)).payload).toEqual(bytes(LE.u32(SID), LE.u32(ioid), 0x44));
    connection.send(update(LE, ioid, hex("01 01"), everything(LE, 5)));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    expect(connection.log.filter(({ command }) => command === 13)).toHaveLength(4);
  });

  test("tells what was still under way in one update, when it goes on", async () => {
    const { monitor, connection } = await opened();
    const { ioid } = await answerInit(connection, imageType(LE));
    await connection.next(13);
    connection.send(update(LE, ioid, hex("01 01"), everything(LE, 1)));
    await stage.listener.until(() => stage.listener.updates.length === 1);
    monitor.pause();
    await connection.next(13);
    connection.send(
      update(LE, ioid, hex("01 04"), LE.u32(2), hex("01 04")),
      update(LE, ioid, hex("01 08"), [0x22, LE.u32(9)]),
      update(LE, ioid, hex("01 04"), LE.u32(3)),
    );
    while (monitor.statistics.squashed < 2) await Bun.sleep(1);
    expect(stage.listener.updates).toHaveLength(1);
    monitor.resume();
    expect(stage.listener.updates).toHaveLength(2);
    const { value, changed, overrun } = stage.listener.updates[1]!;
    expect(value.field("size")).toBe(3);
    expect(changed).toEqual(BitSet.of(2, 3));
    expect(overrun).toEqual(BitSet.of(2));
    expect(monitor.statistics).toEqual({ updates: 2, overruns: 1, squashed: 2 });
  });

  test("is not started before it goes on, on a new connection either", async () => {
    const { monitor, connection } = await opened();
    monitor.pause();
    await answerInit(connection, imageType(LE));
    await stage.listener.until(() => stage.listener.kinds.at(-1) === "connected");
    connection.hangUp();
    await stage.listener.until(() => stage.listener.kinds.at(-1) === "disconnected");
    for (let second = 0; second < 3; second++) stage.clock.jump(1000);
    const again = await openChannel(stage.peer, SID);
    const { ioid } = await answerInit(again, imageType(LE));
    await stage.listener.until(() => stage.listener.kinds.at(-1) === "connected");
    monitor.resume();
    expect((await again.next(13)).payload).toEqual(bytes(LE.u32(SID), LE.u32(ioid), 0x44));
  });
});

/** What a client keeps of operations that it has ended, on a channel that somebody else goes on using. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { MAX_ENDED_OPERATIONS } from "../../../server/pva/limits.ts";
import { LE } from "../../support/pva-bytes.ts";
import { RecordingListener } from "../../support/pva-client.ts";
import type { PeerConnection } from "../../support/pva-peer.ts";
import { answerInit, everything, imageType, MonitorStage, update } from "../../support/pva-stage.ts";

const ROUNDS = 3 * MAX_ENDED_OPERATIONS;

let stage: MonitorStage;
let connection: PeerConnection;
let ioid: number;
beforeEach(async () => {
  stage = new MonitorStage(LE);
  ({ connection, ioid } = await stage.subscribed());
});
afterEach(async () => await stage.close());

const operations = (): number => stage.client.statistics.connections[0]!.operations;

test("is little of subscriptions that come and go, and nothing of theirs is told", async () => {
  const guest = new RecordingListener();
  for (let round = 0; round < ROUNDS; round++) {
    const monitor = stage.client.monitor("A", {}, guest);
    const { ioid: passing } = await answerInit(connection, imageType(LE));
    await connection.next(13);
    monitor.stop();
    connection.send(update(LE, passing, [1, 1], everything(LE, round)));
    await connection.next(15);
  }
  expect(operations()).toBeLessThanOrEqual(1 + MAX_ENDED_OPERATIONS);
  connection.send(update(LE, ioid, [1, 1], everything(LE, 7)));
  await stage.listener.until(() => stage.listener.updates.length === 1);
  expect(guest.updates).toEqual([]);
});

test("is little of requests that nobody answers", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const failed = stage.client.get("A", { timeoutMs: 100 }).catch((error: unknown) => error);
    await connection.next(10);
    stage.clock.jump(100);
    expect(await failed).toMatchObject({ code: "timeout" });
    await connection.next(15);
  }
  expect(operations()).toBeLessThanOrEqual(1 + MAX_ENDED_OPERATIONS);
});

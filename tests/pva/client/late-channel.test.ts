/** A server whose answer to CREATE CHANNEL comes when nobody waits for it any more. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { PvaClient } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { bytes, LE } from "../../support/pva-bytes.ts";
import { clientOf, RecordingListener } from "../../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer } from "../../support/pva-peer.ts";

let clock: JumpingClock;
let peer: ScriptedPeer;
let client: PvaClient;
let listener: RecordingListener;
let connection: PeerConnection;

const created = (sid: number): number[] => LE.message(7, [LE.u32(1), LE.u32(sid), 0xff]);

/** A channel whose CREATE has timed out. */
beforeEach(async () => {
  clock = new JumpingClock();
  peer = new ScriptedPeer(LE);
  client = clientOf(peer, { clock });
  listener = new RecordingListener();
  client.monitor("A", {}, listener);
  connection = await peer.accept();
  await connection.handshake();
  await connection.answerSearch();
  await connection.next(7);
  clock.jump(5000);
  await listener.until(() => listener.kinds.at(-1) === "refused");
});

afterEach(async () => {
  await client.close();
  peer.close();
  expect(clock.pending).toBe(0);
});

/** It has been searched for and asked for once more. */
async function askedAgain(): Promise<void> {
  clock.jump(500);
  await connection.answerSearch();
  await connection.next(7);
}

test("a channel that is created too late is destroyed at the server", async () => {
  connection.send(created(44));
  expect((await connection.next(8)).payload).toEqual(bytes(LE.u32(44), LE.u32(1)));
});

test("one of two channels created for two requests is destroyed, the other lives on", async () => {
  await askedAgain();
  connection.send(created(44), created(45));
  const { payload } = await connection.next(8);
  expect(payload).toEqual(bytes(LE.u32(45), LE.u32(1)));
  // The server confirms, and that says nothing of the channel in use.
  connection.send(LE.message(8, [[...payload]]), LE.control(3));
  await connection.next(13);
  expect(listener.kinds.at(-1)).toBe("connecting");
  connection.send(LE.message(8, [LE.u32(44), LE.u32(1)]));
  await listener.until(() => listener.kinds.at(-1) === "disconnected");
});

test("a channel told twice is not destroyed", async () => {
  await askedAgain();
  connection.send(created(44), created(44), LE.message(7, [LE.u32(1), LE.u32(0), [1, 0, 0]]));
  await connection.next(13);
  connection.send(LE.control(3));
  while (!connection.log.some(({ flags, command }) => (flags & 1) === 1 && command === 4)) await Bun.sleep(1);
  expect(connection.log.some(({ flags, command }) => (flags & 1) === 0 && command === 8)).toBe(false);
});

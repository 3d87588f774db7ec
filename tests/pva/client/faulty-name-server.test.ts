/** A name server that lets us in and then talks nonsense, or leaves. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { silentLog } from "../../../server/log.ts";
import type { PvaClient } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { LE } from "../../support/pva-bytes.ts";
import { clientOf, openChannel, RecordingListener } from "../../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer } from "../../support/pva-peer.ts";

let clock: JumpingClock;
let peer: ScriptedPeer;
let client: PvaClient;
let warnings: number;

beforeEach(() => {
  clock = new JumpingClock();
  peer = new ScriptedPeer(LE);
  warnings = 0;
  const log = {
    ...silentLog,
    warning: () => {
      warnings++;
    },
  };
  client = clientOf(peer, { clock, log });
});

afterEach(async () => {
  await client.close();
  peer.close();
  expect(clock.pending).toBe(0);
});

/** Resolves when the client has given the connection up and waits before it dials again. */
async function over(connection: PeerConnection): Promise<void> {
  await connection.closed.promise;
  while (client.statistics.connections.length > 0) await Bun.sleep(1);
}

/** Lets the client in, and waits until it knows. */
async function letIn(): Promise<PeerConnection> {
  const connection = await peer.accept();
  await connection.handshake();
  while (client.statistics.connections[0]?.ready !== true) await Bun.sleep(1);
  return connection;
}

/** Skips time, and leaves a dial that fell due enough of it to arrive. */
async function pass(milliseconds: number): Promise<void> {
  clock.jump(milliseconds);
  await Bun.sleep(10);
}

test("is dialled less and less often, and told of once, where it sends what cannot be read", async () => {
  for (const seconds of [1, 2, 4, 8]) {
    const connection = await letIn();
    connection.send([1, 2, 3, 4, 5, 6, 7, 8]);
    await over(connection);
    const dials = peer.all.length;
    await pass(750 * seconds - 50);
    expect(peer.all).toHaveLength(dials);
    clock.jump(250 * seconds + 50);
  }
  await peer.accept();
  expect(warnings).toBe(1);
}, 20_000);

test("is dialled within 1.5 s however often it left, but not at once", async () => {
  for (let loss = 0; loss < 8; loss++) {
    const connection = await letIn();
    connection.hangUp();
    await over(connection);
    const dials = peer.all.length;
    await pass(1000);
    expect(peer.all).toHaveLength(dials);
    clock.jump(500);
  }
  await peer.accept();
  expect(warnings).toBe(0);
});

test("is dialled for a PV that somebody wants only now, but once a second at most", async () => {
  for (let fault = 0; fault < 5; fault++) {
    const connection = await letIn();
    connection.send([1, 2, 3, 4, 5, 6, 7, 8]);
    await over(connection);
    if (fault < 4) clock.jump(1000 * 2 ** fault);
  }
  const dials = peer.all.length;
  await pass(1000);
  expect(peer.all).toHaveLength(dials);
  client.monitor("A", {}, new RecordingListener());
  const connection = await letIn();
  expect(await connection.answerSearch()).toEqual(["A"]);
  connection.hangUp();
  await over(connection);
  for (const name of ["B", "C", "D"]) client.monitor(name, {}, new RecordingListener());
  await pass(500);
  expect(peer.all).toHaveLength(dials + 1);
  await pass(500);
  expect(peer.all).toHaveLength(dials + 2);
});

test("that is the camera itself has its PV found within 1.5 s, however often both were lost", async () => {
  const listener = new RecordingListener();
  client.monitor("A", {}, listener);
  for (let loss = 0; loss < 8; loss++) {
    const connection = await openChannel(peer);
    await connection.next(13);
    connection.hangUp();
    await over(connection);
    clock.jump(1500);
  }
  await (await openChannel(peer)).next(13);
});

test("is dialled at once again, and told of again, after it has behaved for a while", async () => {
  for (let round = 0; round < 2; round++) {
    const connection = await peer.accept();
    await connection.handshake();
    while (client.statistics.connections[0]?.ready !== true) await Bun.sleep(1);
    for (let minute = 0; minute < 40; minute++) {
      clock.jump(10_000);
      connection.send(LE.message(2, []));
      const heard = client.statistics.connections[0].messagesReceived;
      while (client.statistics.connections[0].messagesReceived === heard) await Bun.sleep(1);
    }
    connection.send([1, 2, 3, 4, 5, 6, 7, 8]);
    await over(connection);
    clock.jump(1000);
  }
  await peer.accept();
  expect(warnings).toBe(2);
});

/** A name server that lets us in and then talks nonsense, or leaves. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { silentLog } from "../../../server/log.ts";
import type { PvaClient } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { LE } from "../../support/pva-bytes.ts";
import { clientOf } from "../../support/pva-client.ts";
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

const misdeeds: readonly (readonly [string, (connection: PeerConnection) => void, number])[] = [
  ["sends what cannot be read", (connection) => connection.send([1, 2, 3, 4, 5, 6, 7, 8]), 1],
  ["leaves as soon as it has let us in", (connection) => connection.hangUp(), 0],
];
test.each(misdeeds)(
  "is dialled less and less often, and told of once, where it %s",
  async (_, misbehave, lines) => {
    for (const seconds of [1, 2, 4, 8]) {
      const connection = await peer.accept();
      await connection.handshake();
      while (client.statistics.connections[0]?.ready !== true) await Bun.sleep(1);
      misbehave(connection);
      await over(connection);
      const dials = peer.all.length;
      clock.jump(1000 * seconds - 500);
      await Bun.sleep(5);
      expect(peer.all).toHaveLength(dials);
      clock.jump(500);
    }
    await peer.accept();
    expect(warnings).toBe(lines);
  },
  20_000,
);

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

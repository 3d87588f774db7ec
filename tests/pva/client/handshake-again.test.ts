import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { PvaClient } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { LE } from "../../support/pva-bytes.ts";
import { clientOf } from "../../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer } from "../../support/pva-peer.ts";

let clock: JumpingClock;
let peer: ScriptedPeer;
let client: PvaClient;

beforeEach(() => {
  clock = new JumpingClock();
  peer = new ScriptedPeer(LE);
  client = clientOf(peer, { clock });
});

afterEach(async () => {
  await client.close();
  peer.close();
  expect(clock.pending).toBe(0);
});

/** Everything sent so far has been read once a control echo comes back. */
async function read(connection: PeerConnection): Promise<void> {
  const echoes = (): number =>
    connection.log.filter(({ flags, command }) => (flags & 1) === 1 && command === 4).length;
  const before = echoes();
  connection.send(LE.control(3));
  while (echoes() === before) await Bun.sleep(1);
}

describe("a server that begins the handshake anew on a connection that is ready", () => {
  test("is not answered, and starts no second timer", async () => {
    const connection = await peer.accept();
    await connection.handshake();
    await read(connection);
    const timers = clock.pending;
    for (let round = 0; round < 5; round++) {
      connection.greet();
      connection.send(LE.message(9, [0xff]));
    }
    await read(connection);
    expect(clock.pending).toBe(timers);
    expect(connection.log.filter(({ flags, command }) => (flags & 1) === 0 && command === 1)).toHaveLength(1);
    expect(client.statistics.connections).toMatchObject([{ ready: true }]);
  });
});

test("a server that lets us in before it asked who we are is waited for", async () => {
  const connection = await peer.accept();
  connection.send(LE.control(2), LE.message(9, [0xff]));
  await read(connection);
  expect(client.statistics.connections).toMatchObject([{ ready: false }]);
  await connection.handshake();
  await read(connection);
  expect(client.statistics.connections).toMatchObject([{ ready: true }]);
});

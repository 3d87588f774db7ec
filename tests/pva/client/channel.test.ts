import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { PvaClient } from "../../../server/pva/index.ts";
import { ManualClock, settle } from "../../support/manual-clock.ts";
import { type ByteList, bytes, LE } from "../../support/pva-bytes.ts";
import { clientOf, openChannel, RecordingListener } from "../../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer } from "../../support/pva-peer.ts";

let clock: ManualClock;
let peer: ScriptedPeer;
let client: PvaClient;
let listener: RecordingListener;

beforeEach(() => {
  clock = new ManualClock();
  peer = new ScriptedPeer(LE);
  client = clientOf(peer, { clock });
  listener = new RecordingListener();
});

afterEach(async () => {
  await client.close();
  peer.close();
  expect(clock.pending).toBe(0);
});

/** Lets time pass in steps until `arrived` has come over the real socket. */
async function passing<Result>(arrived: Promise<Result>, stepMs = 10): Promise<Result> {
  const turn = async (): Promise<undefined> => {
    await clock.advance(stepMs);
    await Bun.sleep(1);
    return undefined;
  };
  let result: { readonly value: Result } | undefined;
  const wrapped = arrived.then((value) => ({ value }));
  while (result === undefined) result = await Promise.race([wrapped, turn()]);
  return result.value;
}

/** Handshake, search and the CREATE CHANNEL request, still unanswered. */
async function searched(): Promise<PeerConnection> {
  const connection = await passing(peer.accept());
  await connection.handshake();
  await passing(connection.answerSearch());
  return connection;
}

describe("a refused channel", () => {
  const refusals: readonly (readonly [string, number, ByteList, string])[] = [
    ["FATAL, as pvxs says it", 0xffffffff, [3, LE.string("nope"), 0], "nope"],
    ["ERROR, as old C++ servers say it", 0, [2, LE.string("nope"), 0], "nope"],
    ["WARNING with server id 0, as spdodeca says it", 0, [1, LE.string("nope"), 0], "nope"],
    ["OK without a server id", 0xffffffff, [0xff], "no such channel"],
  ];
  test.each(refusals)("(%s) is told and searched for again soon", async (_, sid, status, message) => {
    client.monitor("A", {}, listener);
    const connection = await searched();
    await connection.answerCreate(sid, status);
    await listener.until(() => listener.kinds.includes("refused"));
    expect(listener.states.at(-1)).toEqual({ kind: "refused", message });
    await clock.advance(500 + 10);
    expect(await connection.answerSearch()).toEqual(["A"]);
    await connection.answerCreate(44);
    await connection.next(13);
  });

  test("is one that gets no answer", async () => {
    client.monitor("A", {}, listener);
    const connection = await searched();
    await connection.next(7);
    await clock.advance(5000);
    expect(listener.states.at(-1)).toEqual({ kind: "refused", message: "no answer to CREATE CHANNEL" });
  });

  test("is searched for less and less often", async () => {
    client.monitor("A", {}, listener);
    const connection = await searched();
    for (const waitMs of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      const refusals = listener.kinds.filter((kind) => kind === "refused").length;
      await connection.answerCreate(0, [2, 0, 0]);
      await listener.until(() => listener.kinds.filter((kind) => kind === "refused").length > refusals);
      await clock.advance(waitMs - 1);
      expect(listener.kinds.at(-1)).toBe("refused");
      await clock.advance(1);
      expect(listener.kinds.at(-1)).toBe("searching");
      await clock.advance(10);
      connection.send(LE.message(2, [1]));
      await connection.answerSearch();
    }
  });
});

describe("a lost channel", () => {
  test("whose server destroys it is searched for again, on the same connection, while others go on", async () => {
    client.monitor("A", {}, listener);
    const other = new RecordingListener();
    client.monitor("B", {}, other);
    const connection = await passing(openChannel(peer, 44));
    const cidOfB = await connection.answerCreate(45);
    expect(cidOfB).toBe(2);
    await connection.next(13);
    await connection.next(13);
    connection.send(LE.message(8, [LE.u32(44), LE.u32(1)]));
    await listener.until(() => listener.kinds.at(-1) === "disconnected");
    expect(listener.states.at(-1)).toMatchObject({
      reason: expect.stringContaining("closed the channel") as string,
    });
    expect(other.kinds.at(-1)).toBe("connecting");
    expect(await passing(connection.answerSearch())).toEqual(["A"]);
    await connection.answerCreate(46);
    await connection.next(13);
    // No DESTROY REQUEST either: the channel it would name is gone, and pvxs minds.
    expect(connection.log.filter(({ command, flags }) => command === 15 && (flags & 1) === 0)).toEqual([]);
    expect(peer.all).toHaveLength(1);
  });

  test("whose connection breaks is found again on a new one", async () => {
    client.monitor("A", {}, listener);
    const first = await passing(openChannel(peer));
    first.hangUp();
    await listener.until(() => listener.kinds.at(-1) === "disconnected");
    const second = await passing(openChannel(peer), 500);
    await second.next(13);
    expect(listener.kinds).toEqual(["searching", "connecting", "disconnected", "searching", "connecting"]);
  });
});

describe("a channel that held for a while", () => {
  test("is searched for at once when it is lost, one that did not waits first", async () => {
    client.monitor("A", {}, listener);
    const connection = await passing(openChannel(peer, 44));
    await connection.next(13);
    await clock.advance(5001);
    connection.send(LE.message(8, [LE.u32(44), LE.u32(1)]));
    await listener.until(() => listener.kinds.at(-1) === "disconnected");
    await clock.advance(0);
    expect(listener.kinds.at(-1)).toBe("searching");
    await passing(connection.answerSearch());
    await connection.answerCreate(45);
    await connection.next(13);
    connection.send(LE.message(8, [LE.u32(45), LE.u32(1)]));
    await listener.until(() => listener.kinds.at(-1) === "disconnected");
    await clock.advance(374);
    expect(listener.kinds.at(-1)).toBe("disconnected");
  });
});

describe("a channel nobody wants any more", () => {
  test("is destroyed at the server, and its connection stays for the name server", async () => {
    const monitor = client.monitor("A", {}, listener);
    const connection = await passing(openChannel(peer, 44));
    await connection.next(13);
    monitor.stop();
    const { payload } = await connection.next(8);
    expect(payload).toEqual(bytes(LE.u32(44), LE.u32(1)));
    connection.send(LE.message(8, [[...payload]]));
    await settle();
    expect(client.statistics).toMatchObject({ channels: 0 });
  });

  test("is destroyed also if the server creates it only then", async () => {
    const monitor = client.monitor("A", {}, listener);
    const connection = await searched();
    await Promise.all([listener.until(() => listener.kinds.includes("connecting")), connection.next(7)]);
    monitor.stop();
    connection.send(LE.message(7, [LE.u32(1), LE.u32(44), 0xff]));
    expect((await connection.next(8)).payload).toEqual(bytes(LE.u32(44), LE.u32(1)));
  });

  test("is not searched for", async () => {
    const monitor = client.monitor("A", {}, listener);
    const connection = await passing(peer.accept());
    monitor.stop();
    await connection.handshake();
    await clock.advance(5000);
    expect(connection.log.filter(({ command }) => command === 3)).toHaveLength(0);
  });
});

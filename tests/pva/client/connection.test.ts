import { afterEach, describe, expect, test } from "bun:test";
import type { PvaClient } from "../../../server/pva/index.ts";
import { ManualClock, settle } from "../../support/manual-clock.ts";
import { BE, bytes, hex, hexOf, LE } from "../../support/pva-bytes.ts";
import { clientOf, openChannel, RecordingListener } from "../../support/pva-client.ts";
import { ScriptedPeer } from "../../support/pva-peer.ts";

const ORDERS = [
  ["little", LE],
  ["big", BE],
] as const;

let peer: ScriptedPeer;
let client: PvaClient;
afterEach(async () => {
  await client.close();
  peer.close();
});

describe.each(ORDERS)("the handshake with a %s-endian server", (_, wire) => {
  test("answers in its order, with the last method listed", async () => {
    peer = new ScriptedPeer(wire);
    client = clientOf(peer);
    const connection = await peer.accept();
    const { flags, payload } = await connection.handshake();
    expect(flags & 0x80).toBe(wire.bigEndian ? 0x80 : 0);
    const credentials = hex('80 00 02 04 "user" 60 04 "host" 60 02 "op" 03 "ws1"');
    expect(hexOf(payload)).toBe(
      hexOf(bytes(wire.u32(0x10000), wire.u16(0x7fff), wire.u16(0), wire.string("ca"), credentials)),
    );
  });

  test("is followed by a search in that order, and creates what is found", async () => {
    peer = new ScriptedPeer(wire);
    client = clientOf(peer);
    client.monitor("CAM:IMG", {}, new RecordingListener());
    const connection = await peer.accept();
    await connection.handshake();
    expect(await connection.answerSearch()).toEqual(["CAM:IMG"]);
    const { payload } = await connection.next(7);
    expect(hexOf(payload)).toBe(hexOf(bytes(wire.u16(1), wire.u32(1), wire.string("CAM:IMG"))));
  });
});

describe("authentication", () => {
  test.each([
    ["only anonymous", ["anonymous"]],
    ["nothing", []],
    ["only what we do not know", ["gssapi"]],
  ])("is anonymous with a server that lists %s", async (_, methods) => {
    peer = new ScriptedPeer(LE);
    client = clientOf(peer);
    const connection = await peer.accept();
    const { payload } = await connection.handshake(methods);
    expect(hexOf(payload.subarray(8))).toBe(hexOf(bytes(LE.string("anonymous"), [0xff])));
  });

  test("becomes anonymous with a server that falls silent at our names", async () => {
    const clock = new ManualClock();
    peer = new ScriptedPeer(LE);
    client = clientOf(peer, { clock });
    const first = await peer.accept();
    first.greet();
    await first.next(1);
    await clock.advance(10_000);
    await first.closed.promise;
    await clock.advance(1000);
    const { payload } = await (await peer.accept()).handshake();
    expect(hexOf(payload.subarray(8))).toBe(hexOf(bytes(LE.string("anonymous"), [0xff])));
  });

  test("that is refused ends the connection", async () => {
    peer = new ScriptedPeer(LE);
    client = clientOf(peer);
    const connection = await peer.accept();
    connection.greet();
    await connection.next(1);
    connection.send(LE.message(9, [2, LE.string("not you"), 0]));
    await connection.closed.promise;
  });
});

describe("a connection", () => {
  test("sends echoes, answers control echoes, and lives as long as anything comes", async () => {
    const clock = new ManualClock();
    peer = new ScriptedPeer(LE);
    client = clientOf(peer, { clock, connectionTimeoutMs: 40_000 });
    const connection = await peer.accept();
    await connection.handshake();
    await waitFor(settle, () => client.statistics.connections[0]?.ready === true);
    connection.send(LE.control(3, 99));
    for (let round = 0; round < 6; round++) {
      // The interval is 3/8 of the 30 s of EPICS_PVA_CONN_TMO.
      await waitFor(
        () => clock.advance(11_250),
        () => connection.log.filter(({ command }) => command === 2).length > round,
      );
      connection.send(LE.message(2, []));
      await connection.next(2);
    }
    const answer = connection.log.find(({ flags, command }) => (flags & 1) === 1 && command === 4);
    expect(answer?.payload).toEqual(bytes(LE.u32(99)));
    expect(client.statistics.connections.map(({ ready }) => ready)).toEqual([true]);
  });

  test("is given up after its silence has lasted", async () => {
    const clock = new ManualClock();
    peer = new ScriptedPeer(LE);
    client = clientOf(peer, { clock, connectionTimeoutMs: 40_000 });
    const connection = await peer.accept();
    await connection.handshake();
    await waitFor(settle, () => client.statistics.connections[0]?.ready === true);
    await clock.advance(50_000);
    await connection.closed.promise;
  });

  test("takes unknown commands, ids, rights, remarks and trailing bytes in its stride", async () => {
    peer = new ScriptedPeer(LE);
    client = clientOf(peer);
    const listener = new RecordingListener();
    client.monitor("A", {}, listener);
    const connection = await peer.accept();
    await connection.handshake();
    connection.send(LE.message(77, [1, 2, 3]), LE.control(0, 5), LE.message(6, [LE.u32(1), 3]));
    await connection.answerSearch();
    await connection.answerCreate(44, [0xff, 9, 9]);
    const { payload } = await connection.next(13);
    connection.send(
      LE.message(13, [LE.u32(999), 0, 1, 1, 1, 1]),
      LE.message(8, [LE.u32(1), LE.u32(999)]),
      LE.message(18, [LE.u32(1), 1, LE.string("careful")]),
      LE.message(13, [[...payload.subarray(4, 8)], 8, 0xff, LE.structure("t", [["a", [0x22]]])]),
    );
    await listener.until(() => listener.kinds.at(-1) === "connected");
  });

  test.each([
    ["another magic", [0xcb, 2, 0x40, 0, 0, 0, 0, 0]],
    ["a message in the client's direction", LE.message(2, [], { fromServer: false })],
    ["a continuation of nothing", LE.message(13, [1], { segment: "middle" })],
    ["a reply that ends early", LE.message(7, [1, 0])],
    ["a huge message", LE.message(13, []).slice(0, 4).concat([0xff, 0xff, 0xff, 0xff])],
  ])("ends at %s, and is made anew", async (_, wrong) => {
    peer = new ScriptedPeer(LE);
    client = clientOf(peer);
    const connection = await peer.accept();
    await connection.handshake();
    connection.send(wrong);
    await connection.closed.promise;
  });

  test("takes no large message before its server is validated", async () => {
    peer = new ScriptedPeer(LE);
    client = clientOf(peer);
    const connection = await peer.accept();
    connection.send(LE.control(2), LE.message(1, []).slice(0, 4), LE.u32(70_000));
    await connection.closed.promise;
  });

  test("is shared by all channels of its server", async () => {
    peer = new ScriptedPeer(LE);
    client = clientOf(peer);
    client.monitor("A", {}, new RecordingListener());
    client.monitor("B", {}, new RecordingListener());
    const connection = await openChannel(peer, 44);
    await connection.answerCreate(45);
    await connection.next(13);
    await connection.next(13);
    expect(peer.all).toHaveLength(1);
  });
});

describe("closing the client", () => {
  test("ends every socket and timer", async () => {
    const clock = new ManualClock();
    peer = new ScriptedPeer(LE);
    client = clientOf(peer, { clock });
    const listener = new RecordingListener();
    client.monitor("A", {}, listener);
    const refused = client.get("B", { timeoutMs: 1000 }).catch((error: unknown) => error);
    const connection = await peer.accept();
    await connection.handshake();
    await client.close();
    expect(await refused).toMatchObject({ code: "closed" });
    await connection.closed.promise;
    expect(clock.pending).toBe(0);
    expect(() => client.monitor("C", {}, listener)).toThrow(expect.objectContaining({ code: "closed" }));
  });
});

/** Repeats `step` and turns of the event loop until `condition` holds. */
async function waitFor(step: () => Promise<void>, condition: () => boolean): Promise<void> {
  await step();
  while (!condition()) await Bun.sleep(1);
}

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { PvaClient, StructureValue } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { bytes, hex, LE } from "../../support/pva-bytes.ts";
import { clientOf, openChannel } from "../../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer, uintAt } from "../../support/pva-peer.ts";

const TYPE = LE.structure("t", [
  ["a", [0x22]],
  ["b", [0x60]],
]);

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

/** A GET whose outcome may be looked at later, and its INIT. */
async function begun(fields?: readonly string[]): Promise<{
  connection: PeerConnection;
  ioid: number;
  init: Uint8Array;
  outcome: Promise<StructureValue | Error>;
}> {
  const options = { timeoutMs: 3000, ...(fields === undefined ? {} : { fields }) };
  const outcome = client.get("A", options).catch((error: unknown) => error as Error);
  const connection = await openChannel(peer, 44);
  const { payload } = await connection.next(10);
  return { connection, ioid: uintAt(payload, 4, 4, LE), init: payload, outcome };
}

describe("a GET", () => {
  test("asks for the type, then for the data with the operation's end, and leaves the channel", async () => {
    const { connection, ioid, init, outcome } = await begun();
    expect(init.subarray(8)).toEqual(bytes(8, hex('80 00 01 05 "field" 80 00 00')));
    connection.send(LE.message(10, [LE.u32(ioid), 8, 0xff, TYPE]));
    expect((await connection.next(10)).payload).toEqual(bytes(LE.u32(44), LE.u32(ioid), 0x10));
    connection.send(LE.message(10, [LE.u32(ioid), 0x10, 0xff, hex("01 06"), LE.u32(7), LE.string("seven")]));
    const value = await outcome;
    expect(value).toMatchObject({ members: [7, "seven"] });
    expect((await connection.next(8)).payload).toEqual(bytes(LE.u32(44), LE.u32(1)));
  });

  test("names the only fields wanted", async () => {
    const { init } = await begun(["b"]);
    expect(init.subarray(8)).toEqual(bytes(8, hex('80 00 01 05 "field" 80 00 01 01 "b" 80 00 00')));
  });

  test("rejects with the server's words where it is refused, at either step", async () => {
    const { connection, ioid, outcome } = await begun();
    connection.send(LE.message(10, [LE.u32(ioid), 8, 2, LE.string("no type"), 0]));
    expect(await outcome).toMatchObject({ code: "refused", message: "no type" });
    const again = client.get("A", { timeoutMs: 3000 }).catch((error: unknown) => error);
    await connection.answerSearch();
    await connection.answerCreate(45);
    const { payload } = await connection.next(10);
    const id = payload.subarray(4, 8);
    connection.send(
      LE.message(10, [[...id], 8, 0xff, TYPE]),
      LE.message(10, [[...id], 0x10, 3, LE.string("no data"), 0]),
    );
    expect(await again).toMatchObject({ code: "refused", message: "no data" });
  });

  test("rejects in its time where nothing answers, and tells the server", async () => {
    const { connection, ioid, outcome } = await begun();
    clock.jump(3000);
    expect(await outcome).toMatchObject({ code: "timeout" });
    expect((await connection.next(15)).payload).toEqual(bytes(LE.u32(44), LE.u32(ioid)));
  });

  test("survives a lost connection within its time", async () => {
    const { connection, outcome } = await begun();
    connection.hangUp();
    await connection.closed.promise;
    for (let step = 0; step < 4; step++) clock.jump(300);
    const second = await openChannel(peer, 46);
    const { payload } = await second.next(10);
    const id = [...payload.subarray(4, 8)];
    second.send(
      LE.message(10, [id, 8, 0xff, TYPE]),
      LE.message(10, [id, 0x10, 0xff, hex("01 02"), LE.u32(5)]),
    );
    expect(await outcome).toMatchObject({ members: [5, ""] });
  });

  test("of a PV nobody has rejects in its time", async () => {
    const outcome = client.get("NOBODY", { timeoutMs: 500 }).catch((error: unknown) => error);
    clock.jump(500);
    expect(await outcome).toMatchObject({ code: "timeout", message: "NOBODY: no answer within 500 ms" });
    expect(client.statistics.channels).toBe(0);
  });
});

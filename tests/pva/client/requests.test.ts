import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ntUri, type PvaClient, scalar, type StructureValue } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { type ByteList, bytes, hex, LE } from "../../support/pva-bytes.ts";
import { clientOf, openChannel } from "../../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer, uintAt } from "../../support/pva-peer.ts";

/** a: int (bit 1), b: string (2), c (3) with d: double (4) and e: ubyte[] (5). */
const TYPE = LE.structure("t", [
  ["a", [0x22]],
  ["b", [0x60]],
  [
    "c",
    LE.structure("", [
      ["d", [0x43]],
      ["e", [0x2c]],
    ]),
  ],
]);
const PV_REQUEST = hex('80 00 01 05 "field" 80 00 00');
const OK = 0xff;

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

/** What comes of it, to be looked at later. */
function outcomeOf<Result>(promise: Promise<Result>): Promise<Result | Error> {
  return promise.catch((error: unknown) => error as Error);
}

/** The INIT (or only message) of a request on a fresh channel. */
async function begun(
  command: number,
): Promise<{ connection: PeerConnection; ioid: number[]; payload: Uint8Array }> {
  const connection = await openChannel(peer, 44);
  const { payload } = await connection.next(command);
  return { connection, ioid: [...payload.subarray(4, 8)], payload };
}

describe("a PUT", () => {
  const put = (fields: Parameters<PvaClient["put"]>[1]): Promise<Error | undefined> =>
    outcomeOf(client.put("A", fields, { timeoutMs: 3000 })) as Promise<Error | undefined>;

  test("learns the type, then writes the fields given, marked one by one, and ends the operation", async () => {
    const outcome = put({ a: 7, c: { e: [1, 2] } });
    const { connection, ioid, payload } = await begun(11);
    expect(payload.subarray(8)).toEqual(bytes(8, PV_REQUEST));
    connection.send(LE.message(11, [ioid, 8, OK, TYPE]));
    const execution = await connection.next(11);
    expect(execution.payload).toEqual(bytes(LE.u32(44), ioid, 0x10, hex("01 22"), LE.u32(7), [2, 1, 2]));
    connection.send(LE.message(11, [ioid, 0x10, OK]));
    expect(await outcome).toBeUndefined();
  });

  test("reads the present value first where the new one depends on it", async () => {
    const outcome = put((now) => ({ a: (now.field("a") as number) + 1 }));
    const { connection, ioid } = await begun(11);
    connection.send(LE.message(11, [ioid, 8, OK, TYPE]));
    expect((await connection.next(11)).payload).toEqual(bytes(LE.u32(44), ioid, 0x40));
    connection.send(LE.message(11, [ioid, 0x40, OK, hex("01 02"), LE.u32(41)]));
    expect((await connection.next(11)).payload.subarray(8)).toEqual(bytes(0x10, hex("01 02"), LE.u32(42)));
    connection.send(LE.message(11, [ioid, 0x10, 2, LE.string("read only"), 0]));
    expect(await outcome).toMatchObject({ code: "refused", message: "read only" });
  });

  test("of fields the type does not have fails alone, and is ended at the server", async () => {
    const outcome = put({ nothing: 1 });
    const { connection, ioid } = await begun(11);
    connection.send(LE.message(11, [ioid, 8, OK, TYPE]));
    expect(await outcome).toMatchObject({
      code: "bad-value",
      message: expect.stringContaining("nothing") as string,
    });
    expect((await connection.next(15)).payload).toEqual(bytes(LE.u32(44), ioid));
    expect(client.statistics.connections).toMatchObject([{ ready: true }]);
  });

  test("is not repeated where the connection was lost after it was sent", async () => {
    const outcome = put({ a: 7 });
    const { connection, ioid } = await begun(11);
    connection.send(LE.message(11, [ioid, 8, OK, TYPE]));
    await connection.next(11);
    connection.hangUp();
    expect(await outcome).toMatchObject({ code: "disconnected" });
  });
});

describe("an RPC", () => {
  const argument = ntUri("A", { op: "x" });
  const call = (): Promise<StructureValue | Error> =>
    outcomeOf(client.rpc("A", argument, { timeoutMs: 3000 }));
  const ARGUMENT: ByteList = [
    0x80,
    LE.string("epics:nt/NTURI:1.0"),
    3,
    [LE.string("scheme"), 0x60, LE.string("path"), 0x60],
    [LE.string("query"), LE.structure("", [["op", [0x60]]])],
    [LE.string("pva"), LE.string("A"), LE.string("x")],
  ];

  test("prepares a call, makes it with its type, and answers with what comes", async () => {
    const outcome = call();
    const { connection, ioid, payload } = await begun(20);
    expect(payload.subarray(8)).toEqual(bytes(8, PV_REQUEST));
    connection.send(LE.message(20, [ioid, 8, OK]));
    expect((await connection.next(20)).payload).toEqual(bytes(LE.u32(44), ioid, 0x10, ARGUMENT));
    connection.send(LE.message(20, [ioid, 0x10, OK, LE.structure("", [["n", [0x22]]]), LE.u32(5)]));
    expect(((await outcome) as StructureValue).field("n")).toBe(5);
  });

  test("answered with nothing is an empty structure", async () => {
    const outcome = call();
    const { connection, ioid } = await begun(20);
    connection.send(LE.message(20, [ioid, 8, OK]), LE.message(20, [ioid, 0x10, OK, 0xff]));
    expect(await outcome).toMatchObject({ members: [] });
  });

  test("is refused in the server's words at either step", async () => {
    const first = call();
    const { connection, ioid } = await begun(20);
    connection.send(LE.message(20, [ioid, 8, 2, LE.string("no service"), 0]));
    expect(await first).toMatchObject({ code: "refused", message: "no service" });
    const second = call();
    await connection.answerSearch();
    await connection.answerCreate(45);
    const { payload } = await connection.next(20);
    const id = [...payload.subarray(4, 8)];
    connection.send(LE.message(20, [id, 8, OK]), LE.message(20, [id, 0x10, 3, LE.string("bad op"), 0]));
    expect(await second).toMatchObject({ code: "refused", message: "bad op" });
  });
});

describe("a question for a type", () => {
  test("names the field and is answered with its type", async () => {
    const outcome = client.typeOf("A", { timeoutMs: 3000, field: "c.d" });
    const { connection, ioid, payload } = await begun(17);
    expect(payload).toEqual(bytes(LE.u32(44), ioid, LE.string("c.d")));
    connection.send(LE.message(17, [ioid, OK, 0x43]));
    expect(await outcome).toEqual(scalar("double"));
  });

  test("is refused in the server's words", async () => {
    const outcome = outcomeOf(client.typeOf("A", { timeoutMs: 3000 }));
    const { connection, ioid } = await begun(17);
    connection.send(LE.message(17, [ioid, 2, LE.string("no such field"), 0]));
    expect(await outcome).toMatchObject({ code: "refused", message: "no such field" });
  });
});

describe("the channels of a server", () => {
  /** Answers the one call with this type and value; returns the argument's op and the channel asked. */
  async function answered(answer: ByteList): Promise<string> {
    const connection = await peer.accept();
    await connection.handshake();
    const { payload } = await connection.next(7);
    connection.send(LE.message(7, [[...payload.subarray(2, 6)], LE.u32(44), OK]));
    const init = await connection.next(20);
    const ioid = uintAt(init.payload, 4, 4, LE);
    connection.send(LE.message(20, [LE.u32(ioid), 8, OK]));
    const call = await connection.next(20);
    connection.send(LE.message(20, [LE.u32(ioid), 0x10, OK, answer]));
    expect(Buffer.from(call.payload).toString("latin1")).toEndWith("\x03pva\x06server\x08channels");
    return Buffer.from(payload.subarray(7)).toString();
  }

  test("are asked of its service named server, without a search", async () => {
    const none = clientOf(peer, { clock, nameServers: [] });
    const names = none.channelsOf(`127.0.0.1:${peer.port}`, { timeoutMs: 3000 });
    await peer.accept();
    const type = LE.structure("epics:nt/NTScalarArray:1.0", [["value", [0x68]]]);
    expect(await answered([type, 2, LE.string("A"), LE.string("B")])).toBe("server");
    expect(await names).toEqual(["A", "B"]);
    await none.close();
  });

  test("listed in another way are a typed error", async () => {
    const none = clientOf(peer, { clock, nameServers: [] });
    const names = outcomeOf(
      none.channelsOf(`127.0.0.1:${peer.port}`, { timeoutMs: 3000 }) as Promise<unknown>,
    );
    await peer.accept();
    await answered([LE.structure("", [["n", [0x22]]]), LE.u32(5)]);
    expect(await names).toMatchObject({ code: "bad-value" });
    await none.close();
  });
});

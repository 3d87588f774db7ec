import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { buildStructure, ntScalar, PvaServer, RpcPv } from "../../../server/pva/index.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { type ByteList, hex, LE } from "../../support/pva-bytes.ts";
import { RawClient } from "../../support/pva-raw-client.ts";
import { EVERYTHING, heard, text } from "./host.ts";

const STRING = 0x60;
const INT = 0x22;

let clock: ManualClock;
let server: PvaServer;
let client: RawClient;

const DOUBLED = ntScalar("int");
/** Doubles the member `n`, later if `later` resolves. */
let later: Promise<undefined> | undefined;
const twice = new RpcPv(async (argument) => {
  await later;
  const n = argument.field("n");
  if (typeof n !== "number") throw new Error("no n");
  return buildStructure(DOUBLED, { value: 2 * n });
});

beforeEach(async () => {
  clock = new ManualClock();
  later = undefined;
  server = await PvaServer.listen({
    port: 0,
    clock,
    provider: (name) => (name === "TWICE" ? twice : undefined),
    names: () => ["TWICE", "B", "A", "A"],
    version: "test 1.0",
  });
  client = await RawClient.validated(server.address.port);
});

afterEach(async () => {
  client.close();
  await server.close();
  expect(clock.pending).toBe(0);
});

async function begin(name: string): Promise<number> {
  const sid = await client.open(name);
  client.say(20, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
  expect(await heard(client, 20)).toBe(text(LE.u32(1), 0x08, 0xff));
  return sid;
}

function call(sid: number, subcommand: number, argument: ByteList): void {
  client.say(20, [LE.u32(sid), LE.u32(1), subcommand, argument]);
}

function number(n: number): ByteList {
  return [LE.structure("", [["n", [INT]]]), LE.u32(n)];
}

/** The start of an answer: OK, and the id of its type. */
function answerOf(id: string, subcommand = 0x10): string {
  return text(LE.u32(1), subcommand, 0xff, 0x80, LE.string(id));
}

describe("a call", () => {
  test("is answered with type and value, as often as asked", async () => {
    const sid = await begin("TWICE");
    call(sid, 0x00, number(21));
    const answer = await heard(client, 20);
    expect(answer).toStartWith(answerOf("epics:nt/NTScalar:1.0", 0x00));
    expect(answer).toContain(text(LE.u32(42), LE.u32(0), LE.u32(0), 0));
    call(sid, 0x10, number(4));
    expect(await heard(client, 20)).toContain(text(LE.u32(8), LE.u32(0), LE.u32(0), 0));
    expect(server.statistics.operations).toBe(0);
  });

  test("is answered with what its owner throws", async () => {
    const sid = await begin("TWICE");
    call(sid, 0x10, [LE.structure("", [["m", [INT]]]), LE.u32(1)]);
    expect(await heard(client, 20)).toBe(text(LE.u32(1), 0x10, 2, LE.string("no n"), 0));
  });

  test("waits for its owner; a second one meanwhile is refused; one that is cancelled is not answered", async () => {
    const sid = await begin("TWICE");
    const { promise, resolve } = Promise.withResolvers<undefined>();
    later = promise;
    call(sid, 0x00, number(1));
    call(sid, 0x00, number(2));
    expect(await heard(client, 20)).toBe(
      text(LE.u32(1), 0x00, 2, LE.string("the call before is not answered yet"), 0),
    );
    client.say(21, [LE.u32(sid), LE.u32(1)]);
    await client.settled();
    resolve(undefined);
    call(sid, 0x10, number(3));
    expect(await heard(client, 20)).toContain(text(LE.u32(6), LE.u32(0), LE.u32(0), 0));
    await client.settled();
    expect(client.log.filter(({ command, flags }) => command === 20 && (flags & 1) === 0)).toHaveLength(3);
  });

  test("without an INIT, or of what is no structure, is refused or costs the connection", async () => {
    const sid = await client.open("TWICE");
    call(sid, 0x10, number(1));
    expect(await heard(client, 20)).toBe(text(LE.u32(1), 0x10, 2, LE.string("no such RPC"), 0));
    call(sid, 0x10, [INT, LE.u32(1)]);
    await client.closed;
  });

  test("larger than all replies together may be is sent as its reader takes it", async () => {
    await server.close();
    const names = Array.from({ length: 40_000 }, (_, n) => `CAMERA:${String(n).padStart(40, "0")}`);
    server = await PvaServer.listen({ port: 0, clock, provider: () => undefined, names: () => names });
    client = await RawClient.validated(server.address.port);
    const sid = await begin("server");
    call(sid, 0x10, [LE.structure("", [["op", [STRING]]]), LE.string("channels")]);
    expect((await client.next(20)).payload.length).toBeGreaterThan(40_000 * 48);
  });
});

describe("the PV called server", () => {
  const uri = (query: ByteList, ...values: ByteList): ByteList => [
    LE.structure("epics:nt/NTURI:1.0", [
      ["scheme", [STRING]],
      ["path", [STRING]],
      ["query", query],
    ]),
    LE.string("pva"),
    LE.string("server"),
    values,
  ];

  test("lists the names, each once and in order", async () => {
    const sid = await begin("server");
    call(sid, 0x10, uri(LE.structure("", [["op", [STRING]]]), LE.string("channels")));
    const answer = await heard(client, 20);
    expect(answer).toStartWith(answerOf("epics:nt/NTScalarArray:1.0"));
    expect(answer).toContain(text(3, LE.string("A"), LE.string("B"), LE.string("TWICE")));
  });

  test("tells what the server is, asked with or without NTURI", async () => {
    const sid = await begin("server");
    const info = [
      LE.structure("", [
        ["implLang", [STRING]],
        ["version", [STRING]],
      ]),
      LE.string("typescript"),
      LE.string("test 1.0"),
    ];
    call(sid, 0x00, uri(LE.structure("", [["op", [STRING]]]), LE.string("info")));
    expect(await heard(client, 20)).toBe(text(LE.u32(1), 0x00, 0xff, info));
    call(sid, 0x10, [LE.structure("", [["op", [STRING]]]), LE.string("info")]);
    expect(await heard(client, 20)).toBe(text(LE.u32(1), 0x10, 0xff, info));
  });

  test("explains itself, and refuses what it does not know", async () => {
    const sid = await begin("server");
    call(sid, 0x00, uri(LE.structure("", [["help", [STRING]]]), LE.string("")));
    expect(await heard(client, 20)).toStartWith(answerOf("epics:nt/NTScalar:1.0", 0x00));
    call(sid, 0x10, uri(LE.structure("", [["op", [STRING]]]), LE.string("stop")));
    expect(await heard(client, 20)).toContain(text(LE.string("server knows op=channels and op=info")));
  });

  test("is not found by a search, for every server has one", async () => {
    const named = [LE.u32(7), LE.string("server")];
    const any = Array<number>(16).fill(0);
    client.say(3, [LE.u32(1), 1, hex("00 00 00"), any, LE.u16(0), 1, LE.string("tcp"), LE.u16(1), named]);
    expect((await heard(client, 4)).slice(-8)).toBe("00 00 00");
  });
});

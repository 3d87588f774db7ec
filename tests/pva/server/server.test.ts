import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Pv, PvaServer, SharedPv } from "../../../server/pva/index.ts";
import { scalar, scalarArray, structure } from "../../../server/pva/index.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { type ByteList, bytes, hex, hexOf, LE } from "../../support/pva-bytes.ts";
import { RawClient } from "../../support/pva-raw-client.ts";

/** structure "t" { int a; structure "u" { string b; double c } s; ushort[] d }: bits 1, 2 (3, 4), 5. */
const TYPE = structure("t", [
  { name: "a", type: scalar("int") },
  {
    name: "s",
    type: structure("u", [
      { name: "b", type: scalar("string") },
      { name: "c", type: scalar("double") },
    ]),
  },
  { name: "d", type: scalarArray("ushort") },
]);
const TYPE_BYTES = hex('80 01 "t" 03 01 "a" 22 01 "s" 80 01 "u" 02 01 "b" 60 01 "c" 43 01 "d" 2d');
const EVERYTHING = hex("fd 01 00 80 00 00");
const VALUE = { a: 7, s: { b: "hi", c: 1.5 }, d: [1, 2] };
const VALUE_BYTES = hex('07 00 00 00 02 "hi" 00 00 00 00 00 00 f8 3f 02 01 00 02 00');

let pv: SharedPv;
/** Resolves when nobody watches `pv` any more. */
let unwatched: PromiseWithResolvers<undefined>;
let empty: SharedPv;
let clock: ManualClock;
let server: PvaServer;
let clients: RawClient[];

beforeEach(async () => {
  clock = new ManualClock();
  clients = [];
  unwatched = Promise.withResolvers<undefined>();
  pv = new SharedPv(TYPE, { initial: VALUE, lastWatcher: () => unwatched.resolve(undefined) });
  empty = new SharedPv(TYPE);
  const pvs = new Map<string, Pv>([
    ["PV", pv],
    ["EMPTY", empty],
  ]);
  server = await PvaServer.listen({ port: 0, clock, provider: (name) => pvs.get(name) });
});

afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
  expect(clock.pending).toBe(0);
});

async function connect(): Promise<RawClient> {
  const client = await RawClient.connect(server.address.port);
  clients.push(client);
  return client;
}

async function validated(): Promise<RawClient> {
  const client = await RawClient.validated(server.address.port);
  clients.push(client);
  return client;
}

/** What the server says next under this command, as text. */
async function heard(client: RawClient, command: number): Promise<string> {
  return hexOf((await client.next(command)).payload);
}

function text(...list: ByteList): string {
  return hexOf(bytes(...list));
}

describe("the handshake", () => {
  test("begins with the byte order and the methods accepted", async () => {
    const client = await connect();
    expect(await heard(client, 1)).toBe(
      text(LE.u32(0x10000), LE.u16(0x7fff), 2, LE.string("anonymous"), LE.string("ca")),
    );
    expect(client.log[0]).toMatchObject({ flags: 0x41, command: 2 });
  });

  test("ends well for a client that names itself", async () => {
    const client = await connect();
    await client.next(1);
    const credentials = hex('80 00 02 04 "user" 60 04 "host" 60 02 "op" 03 "ws1"');
    client.say(1, [LE.u32(0x10000), LE.u16(0x7fff), LE.u16(0), LE.string("ca"), credentials]);
    expect(await heard(client, 9)).toBe("ff");
  });

  test("is given five seconds", async () => {
    const client = await connect();
    await client.next(1);
    await clock.advance(4999);
    expect(server.statistics.connections).toBe(1);
    await clock.advance(1);
    await client.closed;
    expect(server.statistics.connections).toBe(0);
  });

  test("comes before everything else", async () => {
    const client = await connect();
    await client.next(1);
    client.say(7, [LE.u16(1), LE.u32(1), LE.string("PV")]);
    await client.closed;
    expect(client.log.some(({ command }) => command === 7)).toBe(false);
  });
});

describe("liveness", () => {
  test("is told by echoes with the same payload, and by control echoes", async () => {
    const client = await validated();
    client.say(2, hex("01 02 03"));
    expect(await heard(client, 2)).toBe("01 02 03");
    client.send(LE.control(3, 0x1234, false));
    await client.settled();
    expect(client.log.find(({ flags, command }) => (flags & 1) === 1 && command === 4)?.payload).toEqual(
      bytes(LE.u32(0x1234)),
    );
  });

  test("ends after forty silent seconds, counted from the last byte", async () => {
    const client = await validated();
    await clock.advance(39_000);
    await client.settled();
    await clock.advance(39_000);
    expect(server.statistics.connections).toBe(1);
    await clock.advance(1000);
    await client.closed;
  });
});

describe("bytes that make no sense", () => {
  test.each([
    ["a wrong magic", hex("cb 02 00 02 00 00 00 00")],
    ["a message from a server", LE.message(2, [])],
    ["a message longer than any request", hex("ca 02 00 03 ff ff ff 7f")],
    ["a monitor request cut short", LE.message(13, hex("01 00 00"), { fromServer: false })],
    [
      "a type that nests for ever",
      LE.message(10, [LE.u32(1), LE.u32(1), 8, Array<number>(60_000).fill(0x88)], { fromServer: false }),
    ],
  ])("close the connection: %s", async (_, data) => {
    const client = await validated();
    client.send(data);
    await client.closed;
  });

  test("do no harm to other clients", async () => {
    const [good, bad] = [await validated(), await validated()];
    bad.send(hex("00 00 00 00 00 00 00 00"));
    await bad.closed;
    await good.settled();
  });

  test("are skipped if they are only a command nobody knows", async () => {
    const client = await validated();
    client.say(99, hex("01 02 03"));
    await client.settled();
  });
});

describe("search on the circuit", () => {
  const search = (flags: number, names: readonly string[]): readonly (number | readonly number[])[] => [
    LE.u32(0x66),
    flags,
    [0, 0, 0],
    Array<number>(16).fill(0),
    LE.u16(0),
    [1, ...LE.string("tcp")],
    LE.u16(names.length),
    names.flatMap((name, index) => [...LE.u32(10 + index), ...LE.string(name)]),
  ];

  test("finds the names there are, at any address and our port", async () => {
    const client = await validated();
    client.say(3, search(0x80, ["NOBODY", "PV", "EMPTY"]));
    const answer = await heard(client, 4);
    expect(answer.slice(12 * 3)).toBe(
      text(
        LE.u32(0x66),
        Array<number>(16).fill(0),
        LE.u16(server.address.port),
        LE.string("tcp"),
        1,
        LE.u16(2),
        LE.u32(11),
        LE.u32(12),
      ),
    );
  });

  test("says nothing about unknown names unless asked to", async () => {
    const client = await validated();
    client.say(3, search(0x80, ["NOBODY"]));
    await client.settled();
    expect(client.log.filter(({ command, flags }) => command === 4 && (flags & 1) === 0)).toEqual([]);
    client.say(3, search(0x81, ["NOBODY"]));
    expect((await heard(client, 4)).slice(-8)).toBe("00 00 00");
  });
});

describe("channels", () => {
  test("get an id each", async () => {
    const client = await validated();
    client.say(7, [LE.u16(1), LE.u32(5), LE.string("PV")]);
    expect(await heard(client, 7)).toBe(text(LE.u32(5), LE.u32(1), 0xff));
    client.say(7, [LE.u16(1), LE.u32(6), LE.string("PV")]);
    expect(await heard(client, 7)).toBe(text(LE.u32(6), LE.u32(2), 0xff));
  });

  test("with unknown names are refused as fatal, without an id", async () => {
    const client = await validated();
    client.say(7, [LE.u16(1), LE.u32(5), LE.string("NOBODY")]);
    expect(await heard(client, 7)).toBe(
      text(LE.u32(5), LE.u32(0xffffffff), 3, LE.string("no channel NOBODY"), 0),
    );
  });

  test("are destroyed with an echo, and their monitors with them", async () => {
    const client = await validated();
    const sid = await client.open("PV");
    client.say(13, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    await client.next(13);
    client.say(13, [LE.u32(sid), LE.u32(1), 0x44]);
    await client.next(13);
    expect(pv.watchers).toBe(1);
    client.say(8, [LE.u32(sid), LE.u32(1)]);
    expect(await heard(client, 8)).toBe(text(LE.u32(sid), LE.u32(1)));
    expect(pv.watchers).toBe(0);
    expect(server.statistics).toMatchObject({ channels: 0, operations: 0 });
  });

  test("can be destroyed by the server, which says so and sends nothing more", async () => {
    const client = await validated();
    const sid = await client.open("PV", 9);
    client.say(13, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    await client.next(13);
    client.say(13, [LE.u32(sid), LE.u32(1), 0x44]);
    await client.next(13);
    server.destroyChannelsOf(pv);
    expect(await heard(client, 8)).toBe(text(LE.u32(sid), LE.u32(9)));
    pv.post(VALUE);
    await client.settled();
    expect(client.log.filter(({ command }) => command === 13)).toHaveLength(2);
    expect(await client.open("PV", 10)).toBe(2);
  });

  test("of a client that hangs up are gone at once", async () => {
    const client = await validated();
    const sid = await client.open("PV");
    client.say(13, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    client.say(13, [LE.u32(sid), LE.u32(1), 0x44]);
    await client.settled();
    expect(pv.watchers).toBe(1);
    client.close();
    await unwatched.promise;
    expect(server.statistics).toMatchObject({ channels: 0, operations: 0 });
  });
});

describe("GET-FIELD", () => {
  test("tells the type of the whole or of one field", async () => {
    const client = await validated();
    const sid = await client.open("PV");
    client.say(17, [LE.u32(sid), LE.u32(3), LE.string("")]);
    expect(await heard(client, 17)).toBe(text(LE.u32(3), 0xff, TYPE_BYTES));
    client.say(17, [LE.u32(sid), LE.u32(4), LE.string("s.c")]);
    expect(await heard(client, 17)).toBe(text(LE.u32(4), 0xff, 0x43));
    client.say(17, [LE.u32(sid), LE.u32(5), LE.string("s.nothing")]);
    expect(await heard(client, 17)).toBe(text(LE.u32(5), 2, LE.string("no field s.nothing"), 0));
  });
});

describe("GET", () => {
  test("gives the type at INIT and everything at each execution", async () => {
    const client = await validated();
    const sid = await client.open("PV");
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x08, 0xff, TYPE_BYTES));
    for (let time = 0; time < 2; time++) {
      client.say(10, [LE.u32(sid), LE.u32(1), 0x00]);
      expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x00, 0xff, hex("01 01"), VALUE_BYTES));
    }
    expect(pv.watchers).toBe(0);
  });

  test("sends only the fields asked for, and ends where asked to", async () => {
    const client = await validated();
    const sid = await client.open("PV");
    const fields = hex('80 00 01 05 "field" 80 00 02 01 "s" 80 00 01 01 "c" 80 00 00 04 "what" 80 00 00');
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, fields]);
    await client.next(10);
    client.say(10, [LE.u32(sid), LE.u32(1), 0x10]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x10, 0xff, hex("01 10 00 00 00 00 00 00 f8 3f")));
    expect(server.statistics.operations).toBe(0);
  });

  test("says so if none of the fields exists", async () => {
    const client = await validated();
    const sid = await client.open("PV");
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, hex('80 00 01 05 "field" 80 00 01 01 "x" 80 00 00')]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x08, 2, LE.string("none of the fields x"), 0));
  });

  test("waits for the first value of a PV that has none, watching meanwhile", async () => {
    const client = await validated();
    const sid = await client.open("EMPTY");
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    client.say(10, [LE.u32(sid), LE.u32(1), 0x00]);
    await client.settled();
    expect(empty.watchers).toBe(1);
    await client.next(10);
    empty.post(VALUE);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x00, 0xff, hex("01 01"), VALUE_BYTES));
    expect(empty.watchers).toBe(0);
  });
});

describe("requests that this server does not serve", () => {
  test.each([
    [11, "PUT"],
    [12, "PUT-GET"],
    [16, "PROCESS"],
    [20, "RPC"],
  ])("are answered with an error: command %d", async (command, word) => {
    const client = await validated();
    const sid = await client.open("PV");
    client.say(command, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    expect(await heard(client, command)).toBe(
      text(LE.u32(1), 0x08, 2, LE.string(`${word} is not supported`), 0),
    );
  });

  test("are answered with an error where the channel is unknown", async () => {
    const client = await validated();
    client.say(10, [LE.u32(77), LE.u32(1), 0x08, EVERYTHING]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x08, 2, LE.string("no such channel"), 0));
    client.say(10, [LE.u32(77), LE.u32(1), 0x00]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x00, 2, LE.string("no such GET"), 0));
  });

  test("keep the types they define on the connection", async () => {
    const client = await validated();
    client.say(10, [LE.u32(77), LE.u32(1), 0x08, EVERYTHING]);
    await client.next(10);
    const sid = await client.open("PV");
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, hex("fe 01 00")]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x08, 0xff, TYPE_BYTES));
  });
});

describe("closing", () => {
  test("ends every connection and frees the port", async () => {
    const client = await validated();
    const { port } = server.address;
    await server.close();
    await client.closed;
    const next = await PvaServer.listen({ port, provider: () => undefined });
    expect(next.address).toEqual({ host: "127.0.0.1", port });
    await next.close();
  });

  test("twice is harmless", async () => {
    await server.close();
    await server.close();
  });

  test("a port that is taken is an error at the start", async () => {
    const second = PvaServer.listen({ port: server.address.port, provider: () => undefined });
    expect(await second.catch((error: unknown) => error)).toMatchObject({ code: "cannot-listen" });
  });
});

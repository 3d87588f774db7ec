import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { BitSet, ntScalar, type Pv, PvaServer, SharedPv } from "../../../server/pva/index.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { type ByteList, hex, LE } from "../../support/pva-bytes.ts";
import { RawClient } from "../../support/pva-raw-client.ts";
import { EVERYTHING, heard, text } from "./host.ts";

const INT = ntScalar("int");
/** NTScalar int: value is bit 1, alarm.severity bit 3, alarm.message bit 5. */
const VALUE_8 = hex("01 02 08 00 00 00");

interface Put {
  readonly value: unknown;
  readonly changed: readonly number[];
}

let clock: ManualClock;
let server: PvaServer;
let client: RawClient;
let sid: number;
let puts: Put[];
let answerPut: (() => void | Promise<void>) | undefined;
let pv: SharedPv;

beforeEach(async () => {
  clock = new ManualClock();
  puts = [];
  answerPut = undefined;
  const onPut = (value: { field(name: string): unknown }, changed: BitSet): void | Promise<void> => {
    puts.push({ value: value.field("value"), changed: [...changed] });
    return answerPut?.();
  };
  pv = new SharedPv(INT, { initial: { value: 5, alarm: { message: "fine" } }, onPut });
  const pvs = new Map<string, Pv>([
    ["PV", pv],
    ["UNSET", new SharedPv(INT, { onPut })],
    ["READ-ONLY", new SharedPv(INT)],
  ]);
  server = await PvaServer.listen({ port: 0, clock, provider: (name) => pvs.get(name) });
  client = await RawClient.validated(server.address.port);
  sid = await client.open("PV");
});

afterEach(async () => {
  client.close();
  await server.close();
  expect(clock.pending).toBe(0);
});

function put(subcommand: number, data: ByteList = [], { ioid = 1, channel = sid } = {}): void {
  client.say(11, [LE.u32(channel), LE.u32(ioid), subcommand, data]);
}

async function begin(): Promise<void> {
  put(0x08, EVERYTHING);
  expect((await heard(client, 11)).slice(0, 17)).toBe(text(LE.u32(1), 0x08, 0xff));
}

describe("a PUT", () => {
  test("gives the owner the newest value with the client's fields put in, and says when it is done", async () => {
    await begin();
    put(0x00, VALUE_8);
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x00, 0xff));
    put(0x10, hex('01 20 03 "hot"'));
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x10, 0xff));
    expect(puts).toEqual([
      { value: 8, changed: [1] },
      { value: 5, changed: [5] },
    ]);
    expect(server.statistics.operations).toBe(0);
  });

  test("is answered with what its owner throws", async () => {
    await begin();
    answerPut = () => {
      throw new Error("too hot");
    };
    put(0x00, VALUE_8);
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x00, 2, LE.string("too hot"), 0));
    answerPut = () => Promise.reject(new Error("too late"));
    put(0x10, VALUE_8);
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x10, 2, LE.string("too late"), 0));
    expect(server.statistics.operations).toBe(0);
  });

  test("waits for its owner, and refuses another one meanwhile", async () => {
    await begin();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    answerPut = async () => {
      await promise;
    };
    put(0x00, VALUE_8);
    put(0x00, VALUE_8);
    expect(await heard(client, 11)).toBe(
      text(LE.u32(1), 0x00, 2, LE.string("the PUT before is not done yet"), 0),
    );
    expect(puts).toHaveLength(1);
    resolve(undefined);
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x00, 0xff));
  });

  test("cancelled is not answered, and can be executed again", async () => {
    await begin();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    answerPut = async () => {
      await promise;
    };
    put(0x00, VALUE_8);
    client.say(21, [LE.u32(sid), LE.u32(1)]);
    await client.settled();
    resolve(undefined);
    answerPut = undefined;
    put(0x10, VALUE_8);
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x10, 0xff));
    await client.settled();
    expect(client.log.filter(({ command, flags }) => command === 11 && (flags & 1) === 0)).toHaveLength(2);
  });

  test("can ask what the value is now", async () => {
    await begin();
    put(0x40);
    const now = hex('05 00 00 00  00 00 00 00 00 00 00 00 04 "fine"');
    const time = Array<number>(16).fill(0);
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x40, 0xff, hex("01 01"), now, time));
  });

  test("of a PV without a value is told that nothing is there, and puts onto the defaults", async () => {
    const channel = await client.open("UNSET", 2);
    put(0x08, EVERYTHING, { channel });
    await client.next(11);
    put(0x40, [], { channel });
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x40, 0xff, 0));
    put(0x10, hex("01 20 00"), { channel });
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x10, 0xff));
    expect(puts).toEqual([{ value: 0, changed: [5] }]);
  });

  test("is refused where the PV is read only, and where there was no INIT", async () => {
    const channel = await client.open("READ-ONLY", 2);
    put(0x08, EVERYTHING, { channel });
    expect(await heard(client, 11)).toBe(text(LE.u32(1), 0x08, 2, LE.string("READ-ONLY is read only"), 0));
    put(0x10, VALUE_8, { ioid: 9 });
    expect(await heard(client, 11)).toBe(text(LE.u32(9), 0x10, 2, LE.string("no such PUT"), 0));
  });

  test("that cannot be read costs the connection", async () => {
    await begin();
    put(0x00, hex("01 02 08 00"));
    await client.closed;
    expect(puts).toEqual([]);
  });
});

test("what was put can be posted as it is: watchers hear of the fields the client wrote", () => {
  const written: number[][] = [];
  const end = pv.watch({ posted: (bits) => void written.push([...bits]) });
  pv.post(pv.newest, new BitSet().add(1).add(2).add(3));
  end();
  expect(written).toEqual([[1, 3, 4, 5]]);
});

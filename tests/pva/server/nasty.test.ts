import { afterEach, describe, expect, test } from "bun:test";
import { type Nastiness, nastyDialect, nastySearch } from "../../../server/pva/server/nasty/dialect.ts";
import { BE, bytes, hex, hexOf, LE } from "../../support/pva-bytes.ts";
import type { RawClient } from "../../support/pva-raw-client.ts";
import { searchFor, UdpSeeker } from "../../support/udp-seeker.ts";
import { EVERYTHING, heard, Host, text, TYPE_BYTES, VALUE, VALUE_BYTES } from "./host.ts";

const HEADERS = { first: 0x50, middle: 0x70, last: 0x60, whole: 0x40, control: 0x41 };
const INIT_OF_1 = [LE.u32(1), 0x08, EVERYTHING];

let host: Host;
afterEach(() => host.end());

async function nasty(nastiness: Nastiness): Promise<RawClient> {
  host = await Host.start({ dialect: nastyDialect(nastiness) });
  return host.validated();
}

/** Flags and payload lengths of all that came since entry `from` of the log. */
function shape(client: RawClient, from: number): readonly (readonly [flags: number, bytes: number])[] {
  return client.log.slice(from).map(({ flags, payload }) => [flags, payload.length] as const);
}

/** A GET of the PV with this many numbers in `d`: the shape of its answer. */
async function shapeOfGet(client: RawClient, count: number): Promise<ReturnType<typeof shape>> {
  const sid = await client.open("PV");
  host.pv.post({ ...VALUE, d: new Uint16Array(count) });
  client.say(10, [LE.u32(sid), INIT_OF_1]);
  await client.settled();
  const from = client.log.length;
  client.say(10, [LE.u32(sid), LE.u32(1), 0x00]);
  await client.settled();
  return shape(client, from).slice(0, -1);
}

async function monitored(client: RawClient): Promise<number> {
  const sid = await client.open("PV");
  client.say(13, [LE.u32(sid), INIT_OF_1]);
  await client.next(13);
  client.say(13, [LE.u32(sid), LE.u32(1), 0x44]);
  return sid;
}

/** ioid, subcommand, BitSet (1 byte), then int a, string b, double c, count of d (5 bytes when long). */
const HEAD = 4 + 1 + 1 + 2 + 4 + 3 + 8 + 5;

describe("segments", () => {
  test("in pieces have 17 KiB each and end wherever that is", async () => {
    const client = await nasty({ segments: "pieces" });
    const length = HEAD + 2 * 20_000;
    expect(await shapeOfGet(client, 20_000)).toEqual([
      [HEADERS.first, 17_408],
      [HEADERS.middle, 17_408],
      [HEADERS.last, length - 2 * 17_408],
    ]);
  });

  test("around a large array leave it alone, exactly", async () => {
    const client = await nasty({ segments: "raw" });
    expect(await shapeOfGet(client, 40_000)).toEqual([
      [HEADERS.first, HEAD],
      [HEADERS.last, 80_000],
    ]);
  });

  test("around a smaller array are pieces", async () => {
    const client = await nasty({ segments: "raw" });
    expect(await shapeOfGet(client, 10_000)).toEqual([
      [HEADERS.first, 17_408],
      [HEADERS.last, HEAD + 20_000 - 17_408],
    ]);
  });

  test("may be empty, also the last one, with echoes between any two", async () => {
    host = await Host.start({ dialect: nastyDialect({ emptySegments: true, echoes: true }) });
    const client = await host.connect();
    const begin = await client.next(1);
    client.say(1, [LE.u32(0x10000), LE.u16(0x7fff), LE.u16(0), LE.string("anonymous"), 0xff]);
    await client.settled();
    expect(shape(client, 0).slice(0, 6)).toEqual([
      [HEADERS.control, 4],
      [HEADERS.first, begin.payload.length],
      [HEADERS.control, 4],
      [HEADERS.middle, 0],
      [HEADERS.control, 4],
      [HEADERS.last, 0],
    ]);
    expect(client.log[2]?.command).toBe(3);
  });
});

test("types are defined once, nested ones too, and named by their ids from then on", async () => {
  const client = await nasty({ references: true });
  const sid = await client.open("PV");
  const defined = hex(
    'fd 01 00 80 01 "t" 03 01 "a" 22 01 "s" fd 02 00 80 01 "u" 02 01 "b" 60 01 "c" 43 01 "d" 2d',
  );
  client.say(10, [LE.u32(sid), INIT_OF_1]);
  expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x08, 0xff, defined));
  client.say(17, [LE.u32(sid), LE.u32(3), LE.string("s")]);
  expect(await heard(client, 17)).toBe(text(LE.u32(3), 0xff, hex("fe 02 00")));
  const second = await host.validated();
  const otherSid = await second.open("PV");
  second.say(17, [LE.u32(otherSid), LE.u32(3), LE.string("")]);
  expect(await heard(second, 17)).toBe(text(LE.u32(3), 0xff, defined));
});

test("big-endian servers say so, and mean it", async () => {
  const client = await nasty({ bigEndian: true });
  expect(client.log[0]).toMatchObject({ flags: 0xc1, command: 2 });
  client.say(7, [LE.u16(1), LE.u32(5), LE.string("PV")]);
  expect(await heard(client, 7)).toBe(text(BE.u32(5), BE.u32(1), 0xff));
  client.say(10, [LE.u32(1), INIT_OF_1]);
  expect(await heard(client, 10)).toBe(text(BE.u32(1), 0x08, 0xff, TYPE_BYTES));
  client.say(10, [LE.u32(1), LE.u32(1), 0x00]);
  const value = [BE.u32(7), hex('02 "hi" 3f f8 00 00 00 00 00 00 02'), BE.u16(1), BE.u16(2)];
  expect(await heard(client, 10)).toBe(text(BE.u32(1), 0x00, 0xff, hex("01 01"), value));
});

test("empty strings can be null", async () => {
  const client = await nasty({ nullStrings: true });
  host.pv.post({ ...VALUE, s: { b: "", c: 1.5 } });
  await monitored(client);
  expect(await heard(client, 13)).toContain("07 00 00 00 ff 00 00 00 00 00 00 f8 3f");
});

describe("updates", () => {
  const update = (data: string): string => text(LE.u32(1), 0, hex(data));

  test("mark a structure and what lies in it", async () => {
    const client = await nasty({ redundantBits: true });
    await monitored(client);
    expect(await heard(client, 13)).toBe(text(LE.u32(1), 0, hex("01 3f"), VALUE_BYTES, 0));
    host.pv.post(VALUE, ["s.c"]);
    expect(await heard(client, 13)).toBe(update('01 1c 02 "hi" 00 00 00 00 00 00 f8 3f 00'));
  });

  test("begin with an empty one", async () => {
    const client = await nasty({ firstUpdate: "empty" });
    await monitored(client);
    expect(await heard(client, 13)).toBe(update("00 00"));
    expect(await heard(client, 13)).toBe(text(LE.u32(1), 0, hex("01 01"), VALUE_BYTES, 0));
  });

  test("begin with one field alone", async () => {
    const client = await nasty({ firstUpdate: "delta" });
    await monitored(client);
    expect(await heard(client, 13)).toBe(update("01 02 07 00 00 00 00"));
    host.pv.post({ ...VALUE, a: 8 }, ["a"]);
    expect(await heard(client, 13)).toBe(update("01 02 08 00 00 00 00"));
  });

  test("still come after the monitor was destroyed", async () => {
    const client = await nasty({ lateUpdates: 2 });
    const sid = await monitored(client);
    const first = await heard(client, 13);
    client.say(15, [LE.u32(sid), LE.u32(1)]);
    expect([await heard(client, 13), await heard(client, 13)]).toEqual([first, first]);
    await client.settled();
    expect(client.log.filter(({ command, flags }) => command === 13 && (flags & 1) === 0)).toHaveLength(4);
  });
});

test("an unknown channel can be granted with a warning, and is none", async () => {
  const client = await nasty({ hollowChannels: true });
  client.say(7, [LE.u16(1), LE.u32(5), LE.string("NOBODY")]);
  const { payload } = await client.next(7);
  expect(hexOf(payload)).toBe(hexOf(bytes(LE.u32(5), LE.u32(0), 1, LE.string("no channel NOBODY"), 0)));
});

describe("searches", () => {
  async function answerTo(name: string, nastiness: Nastiness): Promise<UdpSeeker["heard"][number]> {
    host = await Host.start({
      searchPort: 0,
      autoBeaconAddressList: false,
      searchDialect: nastySearch(nastiness),
    });
    const seeker = await UdpSeeker.open();
    seeker.send(host.server.searchPort!, "127.0.0.1", searchFor(name));
    await seeker.until(1);
    seeker.close();
    return seeker.heard[0]!;
  }

  test("by UDP are answered big-endian though TCP is not", async () => {
    const { bytes: answer, port } = await answerTo("PV", { bigEndianSearch: true });
    expect(hexOf(answer.subarray(0, 4))).toBe("ca 02 c0 04");
    expect(hexOf(answer.subarray(20, 24))).toBe(text(BE.u32(1)));
    expect(port).toBe(host.server.searchPort!);
    expect((await host.validated()).log[0]?.flags).toBe(0x41);
  });

  test("by UDP are answered from another port", async () => {
    const { port } = await answerTo("PV", { answersFromOtherPort: true });
    expect(port).not.toBe(host.server.searchPort!);
  });

  test.each([
    ["without ids", []],
    ["with ids", LE.u32(1)],
  ] as const)("for nobody are answered with found = 0 %s", async (notFound, ids) => {
    const { bytes: answer } = await answerTo("NOBODY", { notFound });
    expect(hexOf(answer.subarray(46))).toBe(text(0, LE.u16(ids.length / 4), [...ids]));
  });
});

test("a pipelined MONITOR and an unknown channel can be met with silence", async () => {
  const client = await nasty({ noPipeline: true, silentRefusals: true });
  const sid = await client.open("PV");
  const before = client.log.length;
  client.say(7, [LE.u16(1), LE.u32(6), LE.string("NOBODY")]);
  client.say(13, [LE.u32(sid), LE.u32(1), 0x88, EVERYTHING, LE.u32(4)]);
  await client.settled();
  expect(client.log.slice(before).map(({ command }) => command)).toEqual([2]);
  expect(host.server.statistics.operations).toBe(0);
});

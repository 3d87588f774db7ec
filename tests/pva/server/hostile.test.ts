import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { ntScalar, PvaServer, SharedPv } from "../../../server/pva/index.ts";
import { bytes, type ByteList, hex, LE } from "../../support/pva-bytes.ts";
import { RawClient } from "../../support/pva-raw-client.ts";

const FROM_CLIENT = { fromServer: false };
const EVERYTHING = hex("80 00 00");

/** A whole well-behaved session: validation, search, a channel, GET-FIELD, GET, MONITOR. */
const SESSION: readonly ByteList[] = [
  LE.message(1, [LE.u32(0x10000), LE.u16(0x7fff), LE.u16(0), LE.string("anonymous"), 0xff], FROM_CLIENT),
  LE.message(
    3,
    [
      LE.u32(1),
      1,
      [0, 0, 0],
      Array<number>(16).fill(0),
      LE.u16(0),
      1,
      LE.string("tcp"),
      LE.u16(1),
      LE.u32(1),
      LE.string("PV"),
    ],
    FROM_CLIENT,
  ),
  LE.message(7, [LE.u16(1), LE.u32(1), LE.string("PV")], FROM_CLIENT),
  LE.message(17, [LE.u32(1), LE.u32(1), LE.string("value")], FROM_CLIENT),
  LE.message(10, [LE.u32(1), LE.u32(2), 0x08, EVERYTHING], FROM_CLIENT),
  LE.message(10, [LE.u32(1), LE.u32(2), 0x10], FROM_CLIENT),
  LE.message(13, [LE.u32(1), LE.u32(3), 0x88, EVERYTHING, LE.u32(4)], FROM_CLIENT),
  LE.message(13, [LE.u32(1), LE.u32(3), 0x44], FROM_CLIENT),
  LE.message(13, [LE.u32(1), LE.u32(3), 0x80, LE.u32(1)], FROM_CLIENT),
  LE.message(15, [LE.u32(1), LE.u32(3)], FROM_CLIENT),
  LE.message(8, [LE.u32(1), LE.u32(1)], FROM_CLIENT),
];

let server: PvaServer;
const pv = new SharedPv(ntScalar("int"), { initial: { value: 1 } });

beforeAll(async () => {
  server = await PvaServer.listen({ port: 0, provider: (name) => (name === "PV" ? pv : undefined) });
});

afterAll(async () => {
  await server.close();
  expect(pv.watchers).toBe(0);
});

/** Sends bytes, hangs up, and asks a second client whether the server is well. */
async function survives(data: Uint8Array): Promise<void> {
  const hostile = await RawClient.connect(server.address.port);
  hostile.send([...data]);
  hostile.close();
  const good = await RawClient.validated(server.address.port);
  expect(await good.open("PV")).toBe(1);
  good.close();
}

test("a session with some bytes changed harms nobody else", async () => {
  const whole = bytes(SESSION);
  const change = fc.tuple(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      const data = whole.slice();
      for (const [at, value] of changes) data[at] = value;
      await survives(data);
    }),
    { numRuns: 200 },
  );
});

test("messages in any order harm nobody else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...SESSION.slice(1)), { maxLength: 15 }), async (messages) => {
      await survives(bytes(SESSION[0]!, messages));
    }),
    { numRuns: 200 },
  );
});

test("any bytes at all harm nobody else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (data) => {
      await survives(bytes([...SESSION[0]!], [...data]));
    }),
    { numRuns: 100 },
  );
});

test("a session in pieces of one byte is understood as a whole one is", async () => {
  const client = await RawClient.connect(server.address.port);
  for (const byte of bytes(SESSION)) client.send([byte]);
  await client.settled();
  const commands = client.log.filter(({ flags }) => (flags & 1) === 0).map(({ command }) => command);
  expect(commands).toEqual([1, 9, 4, 7, 17, 10, 10, 13, 13, 8, 2]);
  client.close();
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  ArrayInParts,
  PvaServer,
  scalar,
  scalarArray,
  SharedPv,
  silentLog,
  structure,
} from "../../../server/pva/index.ts";
import { bytes, hex, hexOf, LE } from "../../support/pva-bytes.ts";
import { RawClient } from "../../support/pva-raw-client.ts";

/** structure { int a; structure { int b; int c } s; ubyte[] d }: bits 1, 2 (3, 4), 5. */
const TYPE = structure("", [
  { name: "a", type: scalar("int") },
  {
    name: "s",
    type: structure("", [
      { name: "b", type: scalar("int") },
      { name: "c", type: scalar("int") },
    ]),
  },
  { name: "d", type: scalarArray("ubyte") },
]);
const EVERYTHING = hex("80 00 00");
const IOID = 3;

let pv: SharedPv;
let server: PvaServer;
let client: RawClient;
let sid: number;

beforeEach(async () => {
  pv = new SharedPv(TYPE, { initial: { a: 1, s: { b: 2, c: 3 } } });
  server = await PvaServer.listen({ port: 0, provider: () => pv });
  client = await RawClient.validated(server.address.port);
  sid = await client.open("PV");
});

afterEach(async () => {
  client.close();
  await server.close();
  expect(pv.watchers).toBe(0);
});

function say(subcommand: number, ...rest: number[][]): void {
  client.say(13, [LE.u32(sid), LE.u32(IOID), subcommand, rest]);
}

/** INIT, then START; the reply to INIT is taken. */
async function subscribe(request: number[] = EVERYTHING, window?: number): Promise<void> {
  if (window === undefined) say(0x08, request);
  else say(0x88, request, LE.u32(window));
  const { payload } = await client.next(13);
  expect([...payload.subarray(0, 6)]).toEqual([...LE.u32(IOID), 0x08, 0xff]);
  say(0x44);
}

/** The next update, without its ioid and subcommand. */
async function update(): Promise<string> {
  const { payload } = await client.next(13);
  expect([...payload.subarray(0, 5)]).toEqual([...LE.u32(IOID), 0]);
  return hexOf(payload.subarray(5));
}

/** What an update of these bits looks like. */
function expected(changed: string, data: readonly number[], overrun = "00"): string {
  return hexOf(bytes(hex(changed), data, hex(overrun)));
}

function updatesHeard(): number {
  return client.log.filter(({ command, payload }) => command === 13 && payload[4] === 0).length;
}

describe("a monitor", () => {
  test("sends everything first, as bit 0", async () => {
    await subscribe();
    expect(await update()).toBe(expected("01 01", [...LE.u32(1), ...LE.u32(2), ...LE.u32(3), 0]));
  });

  test("sends nothing before START and after STOP", async () => {
    say(0x08, EVERYTHING);
    await client.next(13);
    pv.post({ a: 2 }, ["a"]);
    await client.settled();
    expect(updatesHeard()).toBe(0);
    say(0x44);
    await update();
    say(0x04);
    await client.settled();
    pv.post({ a: 3 }, ["a"]);
    await client.settled();
    expect(updatesHeard()).toBe(1);
    expect(pv.watchers).toBe(0);
    say(0x44);
    expect(await update()).toStartWith("01 01 03 00 00 00");
  });

  test("sends the leaves written by each post, a structure's name standing for all of its own", async () => {
    await subscribe();
    await update();
    pv.post({ a: 5, s: { b: 6, c: 7 } }, ["a"]);
    expect(await update()).toBe(expected("01 02", LE.u32(5)));
    pv.post({ a: 5, s: { b: 8, c: 9 } }, ["s"]);
    expect(await update()).toBe(expected("01 18", [...LE.u32(8), ...LE.u32(9)]));
    pv.post({ a: 5, s: { b: 8, c: 9 }, d: Uint8Array.of(1, 2) });
    expect(await update()).toBe(expected("01 3a", [...LE.u32(5), ...LE.u32(8), ...LE.u32(9), 2, 1, 2]));
  });

  test("sends only the fields selected, and nothing where others were written", async () => {
    await subscribe(hex('80 00 01 05 "field" 80 00 01 01 "s" 80 00 01 01 "c" 80 00 00'));
    expect(await update()).toBe(expected("01 10", LE.u32(3)));
    pv.post({ a: 5, s: { b: 6, c: 7 } }, ["a", "s.b"]);
    pv.post({ a: 5, s: { b: 6, c: 8 } }, ["a", "s"]);
    expect(await update()).toBe(expected("01 10", LE.u32(8)));
  });

  test.each([
    ["command 15", () => client.say(15, [LE.u32(sid), LE.u32(IOID)])],
    ["subcommand 0x10", () => say(0x10)],
  ])("ends with %s", async (_, end) => {
    await subscribe();
    await update();
    end();
    await client.settled();
    pv.post({ a: 2 });
    await client.settled();
    expect(updatesHeard()).toBe(1);
    expect(server.statistics.operations).toBe(0);
  });

  test("may not have the id of one that lives", async () => {
    await subscribe();
    await update();
    say(0x08, EVERYTHING);
    const { payload } = await client.next(13);
    expect(hexOf(payload)).toBe(hexOf(bytes(LE.u32(IOID), 8, 2, LE.string("the request id is in use"), 0)));
  });

  test("that is unknown is passed over in silence", async () => {
    say(0x80, LE.u32(4));
    say(0x44);
    await client.settled();
    expect(client.log.some(({ command }) => command === 13)).toBe(false);
  });

  test("sends an array in parts as one", async () => {
    await subscribe();
    await update();
    const parts = [Uint8Array.of(1, 2), new Uint8Array(40_000).fill(7), Uint8Array.of(3)];
    pv.post({ d: new ArrayInParts("ubyte", parts) }, ["d"]);
    const { payload } = await client.next(13);
    expect(hexOf(payload.subarray(5, 13))).toBe(hexOf(bytes(hex("01 20 fe"), LE.u32(40_003), 1)));
    expect(hexOf(payload.subarray(-4))).toBe("07 07 03 00");
    expect(payload.length).toBe(5 + 2 + 5 + 40_003 + 1);
  });
});

describe("a monitor with pipeline", () => {
  test("sends no more than the window, then the newest when it opens, telling what was overrun", async () => {
    await subscribe(EVERYTHING, 2);
    await update();
    pv.post({ a: 10 }, ["a"]);
    expect(await update()).toBe(expected("01 02", LE.u32(10)));
    pv.post({ a: 11, s: { b: 1 } }, ["a", "s.b"]);
    pv.post({ a: 12, s: { b: 1 } }, ["a"]);
    await client.settled();
    expect(updatesHeard()).toBe(2);
    say(0x80, LE.u32(1));
    expect(await update()).toBe(expected("01 0a", [...LE.u32(12), ...LE.u32(1)], "01 02"));
    expect(server.statistics).toMatchObject({ updatesSent: 3, updatesSquashed: 1 });
    pv.post({ a: 13 }, ["a"]);
    say(0x80, LE.u32(2));
    expect(await update()).toBe(expected("01 02", LE.u32(13)));
    pv.post({ a: 14 }, ["a"]);
    expect(await update()).toBe(expected("01 02", LE.u32(14)));
  });
});

describe("a client that does not read", () => {
  const FRAME = 8 * 1024 * 1024;
  const frame = (n: number): { a: number; d: Uint8Array } => ({ a: n, d: new Uint8Array(FRAME).fill(n) });

  test("gets whole updates and in the end the newest; what it missed is squashed, not queued", async () => {
    await subscribe();
    await update();
    client.pause();
    for (let n = 1; n <= 20; n++) pv.post(frame(n), ["a", "d"]);
    expect(server.statistics.updatesSent).toBeLessThan(10);
    client.resume();
    const seen: number[] = [];
    while (seen.at(-1) !== 20) {
      const { payload } = await client.next(13);
      const n = payload[7]!;
      expect(payload.length).toBe(5 + 2 + 4 + 5 + FRAME + (seen.length > 0 && n === 20 ? 2 : 1));
      expect(payload[16]).toBe(n);
      expect(payload[16 + FRAME - 1]).toBe(n);
      seen.push(n);
    }
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
    expect(server.statistics.updatesSent + server.statistics.updatesSquashed).toBe(1 + 20);
  });

  test("does not hold up another", async () => {
    const other = await RawClient.validated(server.address.port);
    const otherSid = await other.open("PV");
    await subscribe();
    await update();
    client.pause();
    other.say(13, [LE.u32(otherSid), LE.u32(1), 0x08, EVERYTHING]);
    other.say(13, [LE.u32(otherSid), LE.u32(1), 0x44]);
    await other.next(13);
    await other.next(13);
    for (let n = 1; n <= 4; n++) {
      pv.post(frame(n), ["a", "d"]);
      expect((await other.next(13)).payload[7]).toBe(n);
    }
    client.resume();
    other.close();
  });

  test("is closed when its answers pile up", async () => {
    const closing = Promise.withResolvers<unknown>();
    const log = { ...silentLog, info: (_: string, properties?: object) => closing.resolve(properties) };
    const strict = await PvaServer.listen({ port: 0, log, provider: () => undefined });
    const echoes = Buffer.alloc(
      65_544 * 16,
      bytes(LE.message(2, Array<number>(65_536).fill(0), { fromServer: false })),
    );
    let at = 0;
    const flood = (socket: Bun.Socket): void => {
      for (let taken = 1; taken > 0; at = (at + taken) % echoes.length)
        taken = socket.write(echoes.subarray(at));
    };
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: strict.address.port,
      socket: { open: (opened) => opened.pause(), drain: flood, data: () => undefined },
    });
    flood(socket);
    expect(await closing.promise).toMatchObject({ reason: "does not read its answers" });
    socket.terminate();
    await strict.close();
  });
});

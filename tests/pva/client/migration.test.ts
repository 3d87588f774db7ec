import { afterEach, beforeEach, expect, test } from "bun:test";
import { PvaClient } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { type ByteList, LE } from "../../support/pva-bytes.ts";
import { openChannel, RecordingListener } from "../../support/pva-client.ts";
import { ScriptedPeer } from "../../support/pva-peer.ts";

let clock: JumpingClock;
let first: ScriptedPeer;
let second: ScriptedPeer;
let client: PvaClient;
let warnings: Record<string, unknown>[];

beforeEach(() => {
  clock = new JumpingClock();
  first = new ScriptedPeer(LE);
  second = new ScriptedPeer(LE);
  warnings = [];
  const quiet = (): void => undefined;
  client = new PvaClient({
    clock,
    autoAddressList: false,
    nameServers: [first, second].map(({ port }) => ({ host: "127.0.0.1", port })),
    log: { debug: quiet, info: quiet, error: quiet, warning: (_, words) => void warnings.push(words ?? {}) },
  });
});

afterEach(async () => {
  await client.close();
  first.close();
  second.close();
  expect(clock.pending).toBe(0);
});

/** "Channel 1 is at `port` of this host", said by the server process `guid`. */
const found = (port: number, guid: number): ByteList =>
  LE.message(4, [
    Array<number>(12).fill(guid),
    LE.u32(1),
    LE.ipv4("127.0.0.1"),
    LE.u16(port),
    LE.string("tcp"),
    1,
    LE.u16(1),
    LE.u32(1),
  ]);

test("a name found on another server after a loss goes on there", async () => {
  const listener = new RecordingListener();
  client.monitor("A", {}, listener);
  const other = await second.accept();
  await other.handshake();
  const old = await openChannel(first);
  await old.next(13);
  old.hangUp();
  first.close();
  await listener.until(() => listener.kinds.at(-1) === "disconnected");
  for (let step = 0; step < 4; step++) clock.jump(500);
  await other.answerSearch();
  await other.answerSearch();
  await other.answerCreate(9);
  await other.next(13);
  const servers = listener.states.filter((state) => state.kind === "connecting").map(({ server }) => server);
  expect(servers).toEqual([`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`]);
  expect(warnings).toEqual([]);
});

test("of two server processes with one name the first is taken, and the other told once", async () => {
  const listener = new RecordingListener();
  client.monitor("A", {}, listener);
  const one = await first.accept();
  await one.handshake();
  await one.next(3);
  one.send(found(first.port, 1));
  await one.answerCreate(9);
  one.send(found(second.port, 1));
  one.send(found(second.port, 2), found(second.port, 2), found(second.port, 3));
  await one.next(13);
  one.send(LE.control(3, 5));
  while (!one.log.some(({ command, flags }) => command === 4 && (flags & 1) === 1)) await Bun.sleep(1);
  expect(warnings).toEqual([
    {
      pv: "A",
      server: `127.0.0.1:${first.port}`,
      other: `127.0.0.1:${second.port}`,
      from: `127.0.0.1:${first.port}`,
    },
  ]);
});

test("a name server that is gone is dialled again every second", async () => {
  for (let round = 0; round < 5; round++) {
    const connection = await first.accept();
    connection.hangUp();
    await connection.closed.promise;
    await Bun.sleep(2);
    clock.jump(1000);
  }
  await (await first.accept()).handshake();
});

/**
 * Our client and the habits of other servers, each with the outcome counted. The numbers are those of README.md in this
 * folder: what was seen of servers in the wild.
 */
import { afterEach, describe, expect, test } from "bun:test";
import { ntScalar, PvaClient, PvaServer, SharedPv } from "../../server/pva/index.ts";
import type { Nastiness } from "../../server/pva/server/nasty/dialect.ts";
import { JumpingClock } from "../support/jumping-clock.ts";
import { RecordingListener } from "../support/pva-client.ts";
import { PvaLoop } from "../support/pva-loop.ts";

const INT = ntScalar("int");
const PATIENCE = { timeoutMs: 3000 };
const POSTS = 5;

let loop: PvaLoop;
afterEach(() => loop.end());

function valuesOf(listener: RecordingListener): readonly unknown[] {
  return listener.updates.map(({ value }) => value.field("value"));
}

/** Skips the client's waits until `condition` holds. */
async function hurry(clock: JumpingClock, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 4000;
  while (!condition() && performance.now() < deadline) {
    clock.jump(100);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(condition()).toBe(true);
}

/** A monitor of a number that counts up: what it showed. */
async function count(pipeline: boolean): Promise<RecordingListener> {
  const pv = loop.host("N", new SharedPv(INT, { initial: { value: 0 } }));
  const { listener } = loop.monitor("N", { pipeline });
  const shows = (value: number): boolean => valuesOf(listener).at(-1) === value;
  await hurry(loop.clock, () => shows(0));
  for (let value = 1; value <= POSTS; value++) {
    pv.post({ value }, ["value"]);
    await listener.until(() => shows(value));
  }
  return listener;
}

describe("1: old updates again under pipeline", () => {
  test("do not come to a plain monitor: one update for each post", async () => {
    loop = await PvaLoop.start({ oldFrames: true });
    const listener = await count(false);
    expect(valuesOf(listener)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("cost a pipelined one no fault, no credit and no reconnect, and the newest is the last", async () => {
    loop = await PvaLoop.start({ oldFrames: true });
    const listener = await count(true);
    const seen = valuesOf(listener);
    expect(seen.length).toBeGreaterThan(POSTS + 1);
    expect(seen.slice(1).some((value, index) => Number(value) < Number(seen[index]))).toBe(true);
    expect(seen.at(-1)).toBe(POSTS);
    expect(listener.faults).toEqual([]);
    expect(listener.kinds.filter((kind) => kind === "connected")).toHaveLength(1);
  });
});

test("2: a first update that is a mere delta is completed by one GET before anybody sees it", async () => {
  loop = await PvaLoop.start({ firstUpdate: "delta" });
  loop.host("N", new SharedPv(INT, { initial: { value: 7, alarm: { message: "kept" } } }));
  const { listener } = loop.monitor("N");
  await listener.until(() => listener.updates.length > 0);
  expect(listener.updates).toHaveLength(1);
  expect(listener.updates[0]?.value.field("alarm.message")).toBe("kept");
});

describe("3 and 4: searches over TCP", () => {
  test.each<[string, Nastiness]>([
    ["read in the connection's little-endian order alone", { ownOrder: true }],
    ["read in the connection's big-endian order alone", { ownOrder: true, bigEndian: true }],
    ["answered with port 0 for this circuit", { portZero: true }],
    ["answered big-endian", { bigEndianSearch: true }],
  ])("%s find the server, on one connection", async (_, nastiness) => {
    loop = await PvaLoop.start(nastiness);
    expect(valuesOf(await count(false))).toHaveLength(POSTS + 1);
    expect(loop.server.statistics.connections).toBe(1);
  });

  test.each(["without ids", "with ids"] as const)(
    "of unknown names are answered with found = 0 %s: no channel, and one once the name is there",
    async (notFound) => {
      loop = await PvaLoop.start({ notFound });
      const { listener } = loop.monitor("LATE");
      await hurry(loop.clock, () => loop.client.statistics.searches >= 3);
      expect(loop.server.statistics.channels).toBe(0);
      expect(listener.kinds).not.toContain("connected");
      loop.host("LATE", new SharedPv(INT, { initial: { value: 1 } }));
      await hurry(loop.clock, () => listener.updates.length === 1);
      expect(listener.faults).toEqual([]);
    },
  );
});

test("5: a name that is found, refused once and there a moment later is connected", async () => {
  loop = await PvaLoop.start();
  const pv = new SharedPv(INT, { initial: { value: 1 } });
  const answers = [true, false];
  const gateway = await PvaServer.listen({
    port: 0,
    provider: (name) => (name === "N" && (answers.shift() ?? true) ? pv : undefined),
  });
  const clock = new JumpingClock();
  const client = new PvaClient({ autoAddressList: false, nameServers: [gateway.address], clock });
  const listener = new RecordingListener();
  client.monitor("N", {}, listener);
  await hurry(clock, () => listener.updates.length === 1);
  expect(listener.kinds.filter((kind) => kind === "refused")).toHaveLength(1);
  await client.close();
  await gateway.close();
  expect(clock.pending).toBe(0);
});

describe("6: UDP answers", () => {
  test.each<[string, Nastiness]>([
    ["big-endian though TCP is little-endian", { bigEndianSearch: true }],
    ["little-endian though TCP is big-endian", { bigEndianSearch: false, bigEndian: true }],
    ["from another port than was asked", { answersFromOtherPort: true }],
  ])("%s are understood", async (_, nastiness) => {
    loop = await PvaLoop.start(nastiness, {}, "udp");
    expect(valuesOf(await count(false))).toHaveLength(POSTS + 1);
  });

  test.each(["without ids", "with ids"] as const)("of found = 0 %s find nothing", async (notFound) => {
    loop = await PvaLoop.start({ notFound }, {}, "udp");
    const missing = loop.client.get("NOBODY", { timeoutMs: 60_000 }).catch((error: unknown) => error);
    await hurry(loop.clock, () => loop.client.statistics.searches >= 3);
    expect(loop.server.statistics.connections).toBe(0);
    loop.clock.jump(60_000);
    expect(await missing).toMatchObject({ code: "timeout" });
  });
});

describe("7: channels and subscriptions", () => {
  test.each<[string, Nastiness]>([
    ["with a WARNING and server id 0", { hollowChannels: true }],
    ["by silence", { silentRefusals: true }],
  ])("refused %s are asked for again, and connect once they are there", async (_, nastiness) => {
    loop = await PvaLoop.start(nastiness);
    const { host, port } = loop.server.address;
    const listener = new RecordingListener();
    const monitor = loop.client.monitor("LATE", { server: `${host}:${port}` }, listener);
    await hurry(loop.clock, () =>
      listener.kinds.some((kind) => kind === "refused" || kind === "disconnected"),
    );
    expect(listener.updates).toEqual([]);
    loop.host("LATE", new SharedPv(INT, { initial: { value: 4 } }));
    await hurry(loop.clock, () => listener.updates.length === 1);
    monitor.stop();
  });

  test("whose pipelined INIT is ignored go on without pipeline, on the same connection", async () => {
    loop = await PvaLoop.start({ noPipeline: true });
    const listener = await count(true);
    expect(valuesOf(listener)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(loop.server.statistics).toMatchObject({ connections: 1, channels: 1, operations: 1 });
    expect(listener.kinds).not.toContain("disconnected");
  });
});

test("12: updates after DESTROY REQUEST are read and dropped, types in them learned", async () => {
  loop = await PvaLoop.start({ lateUpdates: 3, references: true });
  const pv = loop.host("N", new SharedPv(INT, { initial: { value: 1 } }));
  const { listener, stop } = loop.monitor("N");
  await listener.until(() => listener.updates.length === 1);
  stop();
  pv.post({ value: 2 });
  expect((await loop.client.get("N", PATIENCE)).field("value")).toBe(2);
  expect(listener.updates).toHaveLength(1);
  expect(loop.server.statistics.connections).toBe(1);
});

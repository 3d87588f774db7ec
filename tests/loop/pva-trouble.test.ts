/** Our client and servers of ours that die, come back, drop channels, serve many of them, or talk rubbish. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ntScalar, PvaClient, PvaServer, SharedPv } from "../../server/pva/index.ts";
import { type Dialect, PLAIN } from "../../server/pva/server/dialect.ts";
import { JumpingClock } from "../support/jumping-clock.ts";
import { IMAGE_LAYOUTS } from "../support/image-layouts.ts";
import { RecordingListener } from "../support/pva-client.ts";
import { PvaLoop } from "../support/pva-loop.ts";

const INT = ntScalar("int");
const PATIENCE = { timeoutMs: 3000 };

/** Skips the client's waits, a little at a time, until `condition` holds. */
async function hurry(clock: JumpingClock, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 4000;
  while (!condition() && performance.now() < deadline) {
    clock.jump(500);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(condition()).toBe(true);
}

describe("a client", () => {
  let loop: PvaLoop;
  beforeEach(async () => {
    loop = await PvaLoop.start();
  });
  afterEach(() => loop.end());

  test("finds everything again after its server was killed, which may talk otherwise then", async () => {
    const pv = loop.host("N", new SharedPv(INT, { initial: { value: 1 } }));
    const { listener } = loop.monitor("N");
    await listener.until(() => listener.updates.length === 1);
    for (const nastiness of [{ bigEndian: true, references: true }, { segments: "pieces" }, {}] as const) {
      const seen = listener.updates.length;
      await loop.restart(nastiness);
      pv.post({ value: seen });
      await hurry(loop.clock, () => listener.updates.length > seen);
      expect(listener.updates.at(-1)?.value.field("value")).toBe(seen);
    }
    expect(listener.kinds.filter((kind) => kind === "disconnected")).toHaveLength(3);
    expect(listener.faults).toEqual([]);
  });

  test("asks again for a channel that the server has destroyed, and leaves the others alone", async () => {
    const [gone, stays] = [
      new SharedPv(INT, { initial: { value: 1 } }),
      new SharedPv(INT, { initial: { value: 2 } }),
    ];
    loop.host("GONE", gone);
    loop.host("STAYS", stays);
    const [one, other] = [loop.monitor("GONE").listener, loop.monitor("STAYS").listener];
    await one.until(() => one.updates.length === 1);
    await other.until(() => other.updates.length === 1);
    loop.server.destroyChannelsOf(gone);
    await one.until(() => one.kinds.includes("disconnected"));
    await hurry(loop.clock, () => one.updates.length === 2);
    stays.post({ value: 3 });
    await other.until(() => other.updates.length === 2);
    expect(other.kinds).not.toContain("disconnected");
    expect(loop.server.statistics.connections).toBe(1);
  });

  test("keeps 200 channels on one connection, and every one of them hears its own posts", async () => {
    const names = Array.from({ length: 200 }, (_, n) => `N${n}`);
    const pvs = names.map((name, n) => loop.host(name, new SharedPv(INT, { initial: { value: n } })));
    const listeners = names.map((name) => loop.monitor(name).listener);
    for (const listener of listeners) await listener.until(() => listener.updates.length === 1);
    pvs.forEach((pv, n) => pv.post({ value: 1000 + n }));
    for (const [n, listener] of listeners.entries()) {
      await listener.until(() => listener.updates.length === 2);
      expect(listener.updates.map(({ value }) => value.field("value"))).toEqual([n, 1000 + n]);
    }
    expect(loop.server.statistics).toMatchObject({ connections: 1, channels: 200, operations: 200 });
  });

  test("gives back every destination when its server dies amid images", async () => {
    const { type, image } = IMAGE_LAYOUTS[0]!;
    const pv = loop.host("IMG", new SharedPv(type));
    const { listener, sink } = loop.monitor("IMG", { bulk: true });
    await listener.until(() => listener.kinds.includes("connected"));
    // More than the sockets hold: the last of it is still to come when the server goes.
    pv.post(image("ubyte", new Uint8Array(64_000_000), 1));
    while (sink.given === 0) await new Promise((resolve) => setImmediate(resolve));
    await loop.server.close();
    await listener.until(() => listener.kinds.includes("disconnected"));
    expect(sink.abandoned).toBe(1);
    expect(listener.updates).toEqual([]);
  });
});

describe("the check for leaks at the end of a loop", () => {
  test.each([
    ["a timer", (loop: PvaLoop) => loop.clock.after(1e9, () => undefined)],
    [
      "a destination",
      (loop: PvaLoop) => {
        loop.monitor("N", { bulk: true }).sink.acquire({ byteLength: 1 });
        return () => undefined;
      },
    ],
    [
      "a socket",
      () => {
        const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
        return () => server.stop(true);
      },
    ],
  ])("finds %s", async (_, leak) => {
    const loop = await PvaLoop.start();
    const mend = leak(loop);
    expect(await loop.end().catch((error: unknown) => error)).toBeInstanceOf(Error);
    mend();
  });
});

test("a name nobody has is not found by a hollow answer, and found once it is there", async () => {
  const loop = await PvaLoop.start({ hollowChannels: true });
  const early = new SharedPv(INT, { initial: { value: 4 } });
  const { host, port } = loop.server.address;
  const server = `${host}:${port}`;
  const listener = new RecordingListener();
  loop.client.monitor("LATE", { server }, listener);
  await listener.until(() => listener.kinds.includes("refused"));
  loop.host("LATE", early);
  await hurry(loop.clock, () => listener.updates.length === 1);
  await loop.end();
});

/** Talks plainly until a monitor's update, in which it announces more bytes than any BitSet has. */
const RUBBISH: Dialect = {
  ...PLAIN,
  frame(command, body) {
    const parts = PLAIN.frame(command, body).map((part) => part.slice());
    const payload = parts[1];
    if (command === 13 && payload !== undefined && payload[4] === 0) payload[5] = 0xfd;
    return parts;
  },
};

test("a server that talks rubbish costs its own connection, is tried again ever more rarely, and harms no other", async () => {
  const clock = new JumpingClock();
  const pv = new SharedPv(INT, { initial: { value: 1 } });
  const find =
    (name: string) =>
    (wanted: string): SharedPv | undefined =>
      wanted === name ? pv : undefined;
  const bad = await PvaServer.listen({ port: 0, provider: find("BAD"), dialect: () => RUBBISH });
  const good = await PvaServer.listen({ port: 0, provider: find("GOOD") });
  const client = new PvaClient({ autoAddressList: false, nameServers: [bad.address, good.address], clock });
  const [wrong, right] = [new RecordingListener(), new RecordingListener()];
  client.monitor("BAD", {}, wrong);
  client.monitor("GOOD", {}, right);
  await right.until(() => right.updates.length === 1);
  await hurry(clock, () => wrong.faults.length >= 3);
  expect(new Set(wrong.faults.map(({ code }) => code))).toEqual(new Set(["limit"]));
  expect(wrong.updates).toEqual([]);
  const before = wrong.faults.length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(wrong.faults.length - before).toBeLessThanOrEqual(1);
  pv.post({ value: 2 });
  await right.until(() => right.updates.length === 2);
  expect(right.kinds).not.toContain("disconnected");
  expect(await client.get("GOOD", PATIENCE)).toBeDefined();
  await client.close();
  await Promise.all([bad.close(), good.close()]);
  expect(clock.pending).toBe(0);
  expect(pv.watchers).toBe(0);
});

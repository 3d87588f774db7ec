/** Floods of datagrams at a client whose healthy camera, on another server, goes on meanwhile. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { ntScalar, PvaServer, SharedPv } from "../../server/pva/index.ts";
import { FaultStage, flood, growthOf } from "../support/fault-stage.ts";
import { BE, bytes } from "../support/pva-bytes.ts";
import { seededRandom } from "../support/pva-cuts.ts";
import { uintAt } from "../support/pva-peer.ts";

const FLOOD = 100_000;
const MAX_GROWTH_BYTES = 8 * 1024 * 1024;
/** The client's id of the victim; the healthy camera's is 1. */
const VICTIM_CID = 2;

let stage: FaultStage;
/** Where the client searches; it says nothing unless told to. */
let target: Socket;
let sender: Socket;
/** The client's search port. */
let port: number;

beforeEach(async () => {
  [target, sender] = [createSocket("udp4"), createSocket("udp4")];
  await new Promise<void>((resolve) => target.bind(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => sender.bind(0, "127.0.0.1", resolve));
  stage = await FaultStage.start({
    addressList: [{ host: "127.0.0.1", port: target.address().port }],
    broadcastPort: target.address().port,
    interfaces: [],
  });
});

afterEach(async () => {
  await stage.end();
  for (const socket of [target, sender]) await new Promise<void>((resolve) => socket.close(resolve));
});

/** Begins to search for a name that nobody has; knows the client's port then. */
async function sought() {
  const listener = stage.search("VICTIM");
  port = await new Promise((resolve) => target.once("message", (_, from) => resolve(from.port)));
  return listener;
}

/** Sends datagrams to where the client searches from. */
function send(datagram: Uint8Array): void {
  sender.send(datagram, port, "127.0.0.1");
}

/** An answer that `cids` are at this port of loopback, from the server process `id`. */
function forged(id: number, serverPort: number, cids: readonly number[]): Uint8Array {
  const guid = [...BE.u64(id), ...BE.u32(id)];
  const where = [BE.ipv4("127.0.0.1"), BE.u16(serverPort), BE.string("tcp"), 1];
  return bytes(BE.message(4, [guid, BE.u32(1), where, BE.u16(cids.length), cids.map((cid) => BE.u32(cid))]));
}

describe("a flood of 100,000", () => {
  test("datagrams of rubbish is read and dropped, each counted", async () => {
    const random = seededRandom(1);
    // The first byte is no magic number: none of them can be read, whatever follows.
    const rubbish = Array.from({ length: 1000 }, () =>
      Uint8Array.from({ length: 1 + Math.floor(random() * 200) }, (_, at) =>
        at === 0 ? 0xcb : Math.floor(random() * 256),
      ),
    );
    const listener = await sought();
    const growth = await growthOf(() =>
      flood(stage, send, { count: FLOOD, datagram: (n) => rubbish[n % rubbish.length]!, unreadable: true }),
    );
    expect(stage.log.count("debug: unreadable datagram")).toBeGreaterThan(FLOOD);
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    expect(listener.kinds).toEqual(["searching"]);
    expect(stage.log.count("warning")).toBe(0);
  }, 60_000);

  test("answers for channels that nobody asked for leads nowhere", async () => {
    const listener = await sought();
    const growth = await growthOf(() =>
      flood(stage, send, {
        count: FLOOD,
        datagram: (n) => forged(n, stage.bad.port, [n + 3]),
        unreadable: false,
      }),
    );
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    expect(stage.bad.all).toHaveLength(0);
    expect(listener.kinds).toEqual(["searching"]);
    expect(stage.client.statistics.connections).toHaveLength(1);
  }, 60_000);
});

describe("thousands of answers", () => {
  test("that send a channel to a server without its name cost one connection, and are overcome by the right one", async () => {
    const value = new SharedPv(ntScalar("int"), { initial: { value: 7 } });
    const wrong = await PvaServer.listen({ port: 0, provider: () => undefined });
    const right = await PvaServer.listen({ port: 0, provider: () => value });
    const listener = await sought();
    await flood(stage, send, {
      count: 10_000,
      datagram: () => forged(1, wrong.address.port, [VICTIM_CID]),
      unreadable: false,
    });
    await listener.until(() => listener.kinds.includes("refused"));
    expect(wrong.statistics.connections).toBe(1);
    // A search in each pause: as many as the time that has passed has room for, not as many as there were answers.
    expect(listener.kinds.filter((kind) => kind === "refused").length).toBeLessThan(8);
    const asked = new Promise<Uint8Array>((resolve) => target.once("message", resolve));
    await stage.pass(31_000);
    expect(uintAt((await asked).subarray(8), 33, 4, BE)).toBe(VICTIM_CID);
    send(forged(2, right.address.port, [VICTIM_CID]));
    await listener.until(() => listener.updates.length > 0);
    expect(listener.updates[0]!.value.field("value")).toBe(7);
    await Promise.all([wrong.close(), right.close()]);
  }, 30_000);

  test("from as many servers that do not exist cost a few dials, and one line about two servers with a name", async () => {
    const listener = await sought();
    // Ports of the kernel's own choosing are above these; nobody listens below 1024 here but services that are no PVA.
    await flood(stage, send, {
      count: 10_000,
      datagram: (n) => forged(n, 1 + (n % 1000), [1, VICTIM_CID]),
      unreadable: false,
    });
    const dials = listener.kinds.filter((kind) => kind === "connecting").length;
    expect(dials).toBeGreaterThan(0);
    expect(dials).toBeLessThan(12);
    expect(stage.client.statistics.connections.length).toBeLessThanOrEqual(2);
    expect(stage.log.count("warning: {pv} is served by")).toBeLessThanOrEqual(dials);
    expect(listener.updates).toEqual([]);
  }, 30_000);

  test("for a channel that is connected do not move it", async () => {
    const server = await PvaServer.listen({
      port: 0,
      provider: () => new SharedPv(ntScalar("int"), { initial: { value: 7 } }),
    });
    const listener = await sought();
    send(forged(1, server.address.port, [VICTIM_CID]));
    await listener.until(() => listener.updates.length > 0);
    await flood(stage, send, {
      count: 10_000,
      datagram: (n) => forged(n + 2, stage.bad.port, [1, VICTIM_CID]),
      unreadable: false,
    });
    expect(stage.bad.all).toHaveLength(0);
    expect(listener.kinds).not.toContain("disconnected");
    expect(stage.log.count("warning: {pv} is served by")).toBe(1);
    await server.close();
  }, 30_000);
});

/** Servers that trickle one byte a second beside a healthy camera; the seconds are the clock's. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { FaultStage } from "../support/fault-stage.ts";
import { bytes, LE } from "../support/pva-bytes.ts";
import type { PeerConnection } from "../support/pva-peer.ts";
import { update } from "../support/pva-stage.ts";

const CONNECTION_TIMEOUT_MS = 40_000;
/** The idle limit, and the time to the next look at the clock. */
const LIMIT_SECONDS = 55;
/** Changes of all three fields: value, size, extra. */
const IMAGE = [1, 0x0e];

let stage: FaultStage;
beforeEach(async () => {
  stage = await FaultStage.start({ maxArrayBytes: 1000, connectionTimeoutMs: CONNECTION_TIMEOUT_MS });
});
afterEach(() => stage.end());

/** Sends one byte a second until the client hangs up; returns after how many, or Infinity. */
async function trickle(connection: PeerConnection, list: Uint8Array): Promise<number> {
  const closed = connection.closed.promise.then(() => true);
  for (const [second, byte] of list.subarray(0, 2 * LIMIT_SECONDS).entries()) {
    connection.send(byte);
    await stage.pass(1000);
    // The client's end takes its way through the kernel.
    if (await Promise.race([closed, Bun.sleep(1).then(() => false)])) return second + 1;
  }
  return Infinity;
}

describe("a server that says one byte a second", () => {
  test("in its handshake is given up within ten seconds, whatever it says", async () => {
    const victim = stage.watch("BAD");
    const connection = await stage.bad.accept();
    const greeting = bytes(LE.control(2), LE.message(1, new Array<number>(300).fill(0)));
    expect(await trickle(connection, greeting)).toBeLessThanOrEqual(11);
    await victim.until(() => victim.kinds.includes("disconnected"));
    expect(victim.faults.every(({ code }) => code === "timeout")).toBe(true);
  });

  test("in the middle of a small message is given up", async () => {
    const victim = stage.watch("BAD");
    const { connection } = await stage.subscribed();
    expect(
      await trickle(connection, bytes(LE.message(18, new Array<number>(800).fill(0)))),
    ).toBeLessThanOrEqual(LIMIT_SECONDS);
    await victim.until(() => victim.kinds.includes("disconnected"));
  });

  test("in the middle of a frame is given up, and the frame's place comes back", async () => {
    const victim = stage.watch("BAD");
    const { connection, ioid } = await stage.subscribed();
    const pixels = new Array<number>(800).fill(1);
    const frame = bytes(update(LE, ioid, IMAGE, [LE.size(400), pixels, LE.u32(1), 0xff]));
    connection.send([...frame.subarray(0, 100)]);
    while (stage.lent === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await trickle(connection, frame.subarray(100))).toBeLessThanOrEqual(LIMIT_SECONDS);
    await victim.until(() => victim.kinds.includes("disconnected"));
    expect(victim.updates).toEqual([]);
  });

  test("in the header of its next message is given up too", async () => {
    const victim = stage.watch("BAD");
    const { connection } = await stage.subscribed();
    connection.send(LE.message(18, []).slice(0, 5));
    await stage.pass(1000 * LIMIT_SECONDS);
    await connection.closed.promise;
    await victim.until(() => victim.kinds.includes("disconnected"));
  });
});

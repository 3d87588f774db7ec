import { afterEach, beforeEach, expect, test } from "bun:test";
import { MAX_SEARCH_CHANNELS } from "../../../server/pva/limits.ts";
import { MAX_REQUEST_BYTES } from "../../../server/pva/server/limits.ts";
import { bytes, LE } from "../../support/pva-bytes.ts";
import { Host } from "./host.ts";

let host: Host;
beforeEach(async () => {
  host = await Host.start();
});
afterEach(() => host.end());

/** A SEARCH for so many names of four letters, whose sender wants an answer in any case. */
function searchFor(names: number): Uint8Array {
  const head = [LE.u32(1), 0x01, 0, 0, 0, Array<number>(16).fill(0), LE.u16(0), 1, LE.string("tcp")];
  const channels = Array.from({ length: names }, (_, cid) => [LE.u32(cid), LE.string("NONE")]);
  return bytes(head, LE.u16(names), channels);
}

test("a search over TCP for as many names as one may have is answered, and keeps nobody else waiting", async () => {
  const [greedy, other] = [await host.validated(), await host.validated()];
  const largest = searchFor(MAX_SEARCH_CHANNELS);
  expect(largest.length).toBeLessThan(MAX_REQUEST_BYTES);
  for (let round = 1; round <= 5; round++) {
    greedy.say(3, [...largest]);
    expect(await other.open("PV", round)).toBe(round);
    const { payload } = await greedy.next(4);
    // GUID, sequence, address, port, "tcp", not found, no ids.
    expect(payload).toHaveLength(12 + 4 + 16 + 2 + 4 + 1 + 2);
  }
});

test("a search over TCP for more names costs the connection, and nobody else's", async () => {
  const [greedy, other] = [await host.validated(), await host.validated()];
  greedy.say(3, [...searchFor(MAX_SEARCH_CHANNELS + 1)]);
  await greedy.closed;
  expect(await other.open("PV")).toBe(1);
});

import { expect, test } from "bun:test";
import { Places } from "../../server/http/access-places.ts";
import { parseTokens, Tokens } from "../../server/http/access-tokens.ts";
import { Visit } from "../../server/http/access-visit.ts";
import { Refusal } from "../../server/http/refusal.ts";

const ALICE = "alice-token-0123456789";
const BOB = "bob-token-9876543210";

function stage(): { readonly visit: Visit; readonly places: Places; readonly takeAliceOut: () => void } {
  const tokens = new Tokens(parseTokens(`${ALICE}\n${BOB}`));
  const places = new Places({ maxViewers: 10, maxViewersPerAddress: 10 });
  const client = { address: "192.0.2.1", secure: false, host: "pc1" };
  const visit = new Visit(client, tokens.ofToken(ALICE), places);
  return { visit, places, takeAliceOut: () => void tokens.replace(parseTokens(BOB)) };
}

test("a token that was taken out after the gate gives no place", () => {
  const { visit, places, takeAliceOut } = stage();
  takeAliceOut();
  expect(() => visit.takePlace(() => {})).toThrow(Refusal);
  expect(places.taken).toBe(0);
});

test("whoever has left is not evicted, and nothing of him is kept", () => {
  const { visit, places, takeAliceOut } = stage();
  const evicted: string[] = [];
  const leave = visit.takePlace(() => void evicted.push("the one who left"));
  visit.takePlace(() => void evicted.push("the one who stayed"));
  leave();
  takeAliceOut();
  expect(evicted).toEqual(["the one who stayed"]);
  expect(places.taken).toBe(1);
});

test("what a signal is to end has ended if the signal did so before", () => {
  const { visit } = stage();
  const { ending, leave } = visit.takePlaceUntil(AbortSignal.abort("gone"));
  expect(ending.aborted).toBe(true);
  expect(ending.reason).toBe("gone");
  leave();
});

test("what a signal is to end ends with the signal, and with the token", () => {
  const { visit, takeAliceOut } = stage();
  const gone = new AbortController();
  const first = visit.takePlaceUntil(gone.signal);
  const second = visit.takePlaceUntil(new AbortController().signal);
  gone.abort();
  expect([first.ending.aborted, second.ending.aborted]).toEqual([true, false]);
  takeAliceOut();
  expect(second.ending.aborted).toBe(true);
});

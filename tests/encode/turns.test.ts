import { expect, test } from "bun:test";
import { SNAPSHOTS } from "../../server/encode/index.ts";
import type { Asker } from "../../server/encode/encoder.ts";
import { Turns } from "../../server/encode/turns.ts";

/** Names in the order in which their turns come. */
function order(turns: Turns, called: string[], count: number): string {
  for (let turn = 0; turn < count; turn++) turns.next(true)?.task();
  return called.splice(0).join(" ");
}

function waiting(askers: readonly (readonly [name: string, asker: Asker])[]): [Turns, string[]] {
  const turns = new Turns();
  const called: string[] = [];
  for (const [name, asker] of askers) turns.add(() => called.push(name), asker);
  return [turns, called];
}

test("parties go round, and within one the first to come is the first to go", () => {
  const [turns, called] = waiting([
    ["a1", { party: "A" }],
    ["a2", { party: "A" }],
    ["a3", { party: "A" }],
    ["b1", { party: "B" }],
    ["b2", { party: "B" }],
    ["s1", { party: SNAPSHOTS }],
  ]);
  expect([turns.parties, turns.waiting]).toEqual([3, 6]);
  expect(order(turns, called, 7)).toBe("a1 b1 s1 a2 b2 a3");
  expect([turns.parties, turns.waiting]).toEqual([0, 0]);
});

test("a party that has had its turn and comes back is behind all others", () => {
  const [turns, called] = waiting([
    ["a1", { party: "A" }],
    ["b1", { party: "B" }],
  ]);
  expect(order(turns, called, 1)).toBe("a1");
  turns.add(() => called.push("a2"), { party: "A" });
  expect(order(turns, called, 2)).toBe("b1 a2");
});

test("who names no party is one himself", () => {
  const [turns, called] = waiting([
    ["x", {}],
    ["y", {}],
    ["z", {}],
  ]);
  expect(turns.parties).toBe(3);
  expect(order(turns, called, 3)).toBe("x y z");
});

test("who would take long is passed over while workers are not lent for long, and keeps his place", () => {
  const [turns, called] = waiting([
    ["slow", { party: "A", expectedMs: 2000 }],
    ["quick", { party: "A", expectedMs: 2 }],
    ["snapshot", { party: SNAPSHOTS }],
    ["quick snapshot", { party: SNAPSHOTS, expectedMs: 250 }],
    ["unmeasured", { party: "B" }],
  ]);
  const names: string[] = [];
  for (let turn = turns.next(false); turn !== undefined; turn = turns.next(false)) turn.task();
  names.push(...called.splice(0));
  expect(names).toEqual(["quick", "quick snapshot", "unmeasured"]);
  expect(order(turns, called, 2)).toBe("slow snapshot");
});

test("who withdraws has no turn, and takes none from his party", () => {
  const turns = new Turns();
  const called: string[] = [];
  const add = (name: string): (() => void) => turns.add(() => called.push(name), { party: "A" });
  const first = add("first");
  add("second");
  first();
  first();
  expect(order(turns, called, 2)).toBe("second");
  const last = add("last");
  first();
  last();
  expect(turns.parties).toBe(0);
});

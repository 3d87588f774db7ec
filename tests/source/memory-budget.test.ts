import { expect, test } from "bun:test";
import fc from "fast-check";
import { MemoryBudget } from "../../server/source/memory-budget.ts";
import { type Hold, Slots } from "../../server/source/slots.ts";
import { image, Stage } from "./stage.ts";

function publish(slots: Slots, byteLength: number): Hold | undefined {
  const place = slots.acquire(byteLength);
  return place === undefined ? undefined : slots.publish(place);
}

test("sources share a budget: what one has the other cannot", () => {
  const budget = new MemoryBudget(100);
  const [first, second] = [new Slots(budget), new Slots(budget)];
  expect(publish(first, 60)).toBeDefined();
  expect(publish(second, 60)).toBeUndefined();
  expect([second.starved, budget.used]).toEqual([true, 60]);
  expect(publish(second, 40)).toBeDefined();
  expect([second.starved, budget.used, budget.spent]).toEqual([false, 100, true]);
});

test("a camera that has memory for one image only goes on with that, unless somebody reads it", () => {
  const slots = new Slots(new MemoryBudget(50));
  const holds = Array.from({ length: 5 }, () => publish(slots, 40)!);
  expect(holds.map(({ holders }) => holders)).toEqual([0, 0, 0, 0, 1]);
  holds[4]!.retain();
  expect(publish(slots, 40)).toBeUndefined();
  expect(slots.starved).toBe(false);
  holds[4]!.release();
  expect(publish(slots, 40)).toBeDefined();
});

test("a source that ends gives all memory back, that of a frame which is still read when it has been", () => {
  const budget = new MemoryBudget(1000);
  const slots = new Slots(budget);
  const read = publish(slots, 100)!;
  read.retain();
  publish(slots, 100);
  const filling = slots.acquire(100)!;
  slots.close();
  expect(budget.used).toBe(200);
  slots.abandon(filling);
  expect(budget.used).toBe(100);
  read.release();
  expect(budget.used).toBe(0);
});

test("slots that shrink give memory back", () => {
  const budget = new MemoryBudget(Infinity);
  const slots = new Slots(budget);
  for (let round = 0; round < 3; round++) publish(slots, 1000);
  for (let round = 0; round < 200; round++) publish(slots, 10);
  expect(budget.used).toBe(slots.capacity);
  expect(slots.capacity).toBeLessThan(100);
});

test("whatever sources do, the budget has what their slots have, and never more than there is", () => {
  const step = fc.record({
    source: fc.nat(2),
    action: fc.constantFrom("publish", "retain", "release", "abandon"),
    bytes: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const budget = new MemoryBudget(200);
      const sources = Array.from({ length: 3 }, () => ({ slots: new Slots(budget), held: [] as Hold[] }));
      for (const { source, action, bytes } of steps) {
        const { slots, held } = sources[source]!;
        if (action === "publish") publish(slots, bytes);
        else if (action === "retain" && slots.newest !== undefined) {
          slots.newest.retain();
          held.push(slots.newest);
        } else if (action === "release") held.pop()?.release();
        else if (action === "abandon") {
          const place = slots.acquire(bytes);
          if (place !== undefined) slots.abandon(place);
        }
        expect(budget.used).toBe(sources.reduce((sum, each) => sum + each.slots.capacity, 0));
        expect(budget.used).toBeLessThanOrEqual(200);
      }
      for (const { slots, held } of sources) {
        slots.close();
        for (const hold of held) hold.release();
      }
      expect(budget.used).toBe(0);
    }),
  );
});

test("a camera for whose images there is no memory is told so, with the numbers, and the others go on", () => {
  const budget = new MemoryBudget(30);
  const shown = new Stage(1000, budget).connected();
  const refused = new Stage(1000, budget).connected();
  shown.monitor.deliver(image());
  refused.monitor.deliver(image());
  shown.monitor.deliver(image());
  expect([shown.frames.length, refused.frames.length]).toEqual([2, 0]);
  expect(shown.faults).toEqual([]);
  expect(refused.faults).toMatchObject([
    {
      code: "bad-frame",
      kind: "memory",
      message: expect.stringMatching(/24 bytes.*24 of 30.*--memory/) as string,
    },
  ]);
  shown.source.stop();
  refused.monitor.deliver(image());
  expect(refused.frames.length).toBe(1);
});

test("memory that the system does not have is asked for in vain, and costs the budget nothing", () => {
  const budget = new MemoryBudget(2 ** 50);
  const slots = new Slots(budget);
  expect(slots.acquire(2 ** 45)).toBeUndefined();
  expect(slots.starved).toBe(true);
  expect(budget.used).toBe(0);
  expect(slots.acquire(100)?.byteLength).toBe(100);
});

import { expect, test } from "bun:test";
import { Allowance } from "../../../server/http/views/allowance.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const takes = (allowance: Allowance, times: number): number =>
  Array.from({ length: times }, () => allowance.take()).filter(Boolean).length;

test("a burst is allowed at once, then so many a second", async () => {
  const clock = new ManualClock();
  const allowance = new Allowance({ burst: 10, perSecond: 4 }, clock);
  expect(takes(allowance, 20)).toBe(10);
  await clock.advance(1000);
  expect(takes(allowance, 20)).toBe(4);
  await clock.advance(250);
  expect(takes(allowance, 20)).toBe(1);
});

test("no more than the burst gathers, however long nothing is done", async () => {
  const clock = new ManualClock();
  const allowance = new Allowance({ burst: 3, perSecond: 100 }, clock);
  await clock.advance(3_600_000);
  expect(takes(allowance, 20)).toBe(3);
});

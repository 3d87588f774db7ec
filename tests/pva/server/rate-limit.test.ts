import { expect, test } from "bun:test";
import { RateLimit } from "../../../server/pva/server/rate-limit.ts";
import { ManualClock } from "../../support/manual-clock.ts";

function passed(limit: RateLimit, source: string, tries: number): number {
  return Array.from({ length: tries }, () => limit.allows(source)).filter((allowed) => allowed).length;
}

const GENEROUS = { perSecond: 1000, burst: 1000 };

test("a source has its burst at once and then its share of each second", async () => {
  const clock = new ManualClock();
  const limit = new RateLimit(clock, {
    perSource: { perSecond: 10, burst: 20 },
    total: GENEROUS,
    maxSources: 8,
  });
  expect(passed(limit, "a", 50)).toBe(20);
  expect(passed(limit, "b", 50)).toBe(20);
  await clock.advance(500);
  expect(passed(limit, "a", 50)).toBe(5);
  await clock.advance(3_600_000);
  expect(passed(limit, "a", 50)).toBe(20);
});

test("all sources together have a limit of their own, which greedy ones do not use up", () => {
  const limit = new RateLimit(new ManualClock(), {
    perSource: { perSecond: 1, burst: 2 },
    total: { perSecond: 1, burst: 5 },
    maxSources: 8,
  });
  expect(["a", "b", "c", "d"].map((source) => passed(limit, source, 100))).toEqual([2, 2, 1, 0]);
});

test("only so many sources are remembered, those heard of last", () => {
  const limit = new RateLimit(new ManualClock(), {
    perSource: { perSecond: 1, burst: 1 },
    total: GENEROUS,
    maxSources: 2,
  });
  expect(["a", "b", "a", "c", "a", "b"].map((source) => limit.allows(source))).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
});

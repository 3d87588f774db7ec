import { expect, test } from "bun:test";
import { Lockout } from "../../server/http/access-lockout.ts";
import { Places } from "../../server/http/access-places.ts";
import { Refusal } from "../../server/http/refusal.ts";
import { ManualClock } from "../support/manual-clock.ts";

function refusalOf(task: () => unknown): Refusal {
  try {
    task();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

test("as many places are given as there are, and those given back again", () => {
  const places = new Places({ maxViewers: 2, maxViewersPerAddress: 2 });
  const leave = places.take("192.0.2.1");
  places.take("192.0.2.2");
  const refusal = refusalOf(() => places.take("192.0.2.3"));
  expect(refusal).toMatchObject({ code: "too-many-viewers", status: 503, retryAfter: 30 });
  expect(refusal.message).toContain("2 viewers");
  leave();
  leave();
  expect(places.taken).toBe(1);
  places.take("192.0.2.3");
  expect(() => places.take("192.0.2.4")).toThrow(Refusal);
});

test("one address has no more than its share, however many are free", () => {
  const places = new Places({ maxViewers: 100, maxViewersPerAddress: 2 });
  const leave = places.take("192.0.2.1");
  places.take("192.0.2.1");
  const refusal = refusalOf(() => places.take("192.0.2.1"));
  expect(refusal).toMatchObject({ code: "too-many-viewers-of-address", status: 429, retryAfter: 30 });
  places.take("192.0.2.2");
  leave();
  places.take("192.0.2.1");
  expect(places.taken).toBe(3);
});

test("all addresses of one IPv6 network are one", () => {
  const places = new Places({ maxViewers: 100, maxViewersPerAddress: 1 });
  places.take("2001:db8:0:1::1");
  expect(() => places.take("2001:db8:0:1:ffff::2")).toThrow(Refusal);
  places.take("2001:db8:0:2::1");
});

test("ten wrong tries are let pass, then one in six seconds", async () => {
  const clock = new ManualClock();
  const lockout = new Lockout(clock);
  const notes = Array.from({ length: 10 }, () => [lockout.waitOf("192.0.2.1"), lockout.note("192.0.2.1")]);
  expect(notes.map(([wait]) => wait)).toEqual(Array<number>(10).fill(0));
  expect(notes.map(([, locked]) => locked)).toEqual([...Array<boolean>(9).fill(false), true]);
  expect(lockout.waitOf("192.0.2.1")).toBe(6);
  expect(lockout.waitOf("192.0.2.2")).toBe(0);
  await clock.advance(5999);
  expect(lockout.waitOf("192.0.2.1")).toBe(1);
  await clock.advance(1);
  expect(lockout.waitOf("192.0.2.1")).toBe(0);
  lockout.note("192.0.2.1");
  expect(lockout.waitOf("192.0.2.1")).toBe(6);
  await clock.advance(60_000);
  expect(lockout.waitOf("192.0.2.1")).toBe(0);
});

test("a million addresses that guess are not all remembered", () => {
  const lockout = new Lockout(new ManualClock());
  for (let number = 0; number < 20_000; number++)
    lockout.note(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`);
  expect(lockout.size).toBe(10_000);
});

test("of many addresses that guess those are forgotten that have tried least lately", () => {
  const lockout = new Lockout(new ManualClock());
  const guess = (address: string): boolean => lockout.note(address);
  for (let tries = 0; tries < 10; tries++) guess("192.0.2.1");
  for (let other = 0; other < 9999; other++) guess(`other ${other}`);
  guess("192.0.2.1");
  guess("one more");
  expect(lockout.waitOf("192.0.2.1")).toBeGreaterThan(0);
});

import { beforeEach, expect, test } from "bun:test";
import { type Flight, FlightWindow } from "../../../server/http/views/flight-window.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const PICTURE = 100_000;

let clock: ManualClock;
let window: FlightWindow;
beforeEach(() => {
  clock = new ManualClock();
  window = new FlightWindow(clock);
});

/**
 * A client at the end of a line of so many bytes a millisecond, whose views would have `most` pictures on their way, for a
 * while. Returns how many there were at most in the second half, and the pictures that came.
 */
async function stream(bytesPerMs: number, delayMs: number, most: number, forMs: number) {
  const way: { readonly flight: Flight; readonly there: number }[] = [];
  let [free, peak, came] = [clock.now(), 0, 0];
  for (let ms = 0; ms < forMs; ms++) {
    while (way.length > 0 && way[0]!.there <= clock.now()) {
      window.answered(way.shift()!.flight);
      came++;
    }
    while (way.length < most && !window.full) {
      free = Math.max(free, clock.now()) + PICTURE / bytesPerMs;
      way.push({ flight: window.sent(PICTURE), there: free + delayMs });
    }
    if (ms > forMs / 2) peak = Math.max(peak, way.length);
    await clock.advance(1);
  }
  for (const { flight } of way) window.forget(flight);
  return { peak, came };
}

test("a client whose answers are all as quick has all that its views may have", async () => {
  const { peak } = await stream(100_000, 80, 8, 2000);
  expect(peak).toBe(8);
});

test("eight pictures on a slow line become a few, and the line is never idle", async () => {
  const { peak, came } = await stream(1000, 10, 8, 8000);
  expect(peak).toBeLessThanOrEqual(4);
  expect(came).toBeGreaterThan(75);
});

test("when the line is fast again there is no bound after a moment", async () => {
  await stream(1000, 10, 8, 4000);
  const { peak } = await stream(100_000, 10, 8, 2000);
  expect(peak).toBe(8);
});

test("two pictures may be on their way in any case, and those that are never answered are not waited for", async () => {
  const quick = window.sent(PICTURE);
  window.answered(quick);
  const flights = Array.from({ length: 6 }, () => window.sent(PICTURE));
  await clock.advance(500);
  window.answered(flights[0]!);
  expect(window.full).toBe(true);
  for (const flight of flights.slice(1, 4)) window.forget(flight);
  expect(window.full).toBe(false);
  for (let more = 0; more < 8; more++) window.sent(PICTURE);
  expect(window.full).toBe(true);
  await clock.advance(2000);
  expect(window.full).toBe(false);
  window.answered(flights[5]!);
  expect(window.forget(flights[5]!)).toBe(false);
});

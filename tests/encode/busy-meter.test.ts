import { expect, test } from "bun:test";
import { BusyMeter } from "../../server/encode/busy-meter.ts";
import { ManualClock } from "../support/manual-clock.ts";

test("a pool that was never used is not busy", async () => {
  const clock = new ManualClock();
  const meter = new BusyMeter(() => clock.now());
  await clock.advance(10_000);
  expect(meter.average).toBe(0);
});

test("the average follows the level within a few seconds, up and down", async () => {
  const clock = new ManualClock();
  const meter = new BusyMeter(() => clock.now());
  meter.level = 1;
  await clock.advance(500);
  expect(meter.average).toBeWithin(0.1, 0.4);
  await clock.advance(9500);
  expect(meter.average).toBeWithin(0.98, 1.001);
  meter.level = 0;
  await clock.advance(10_000);
  expect(meter.average).toBeWithin(0, 0.02);
});

test("work in short bursts averages to its share of the time", async () => {
  const clock = new ManualClock();
  const meter = new BusyMeter(() => clock.now());
  for (let round = 0; round < 1000; round++) {
    meter.level = 1;
    await clock.advance(10);
    meter.level = 0;
    await clock.advance(30);
  }
  expect(meter.average).toBeWithin(0.23, 0.27);
});

test("reading the average does not change it", async () => {
  const clock = new ManualClock();
  const meter = new BusyMeter(() => clock.now());
  meter.level = 0.5;
  await clock.advance(700);
  const before = meter.average;
  const readings = Array.from({ length: 100 }, () => meter.average);
  expect(readings.every((reading) => reading === before)).toBe(true);
});

import { beforeEach, expect, test } from "bun:test";
import { KeepAlive } from "../../../server/pva/client/keep-alive.ts";
import { ManualClock } from "../../support/manual-clock.ts";

let clock: ManualClock;
let echoes: number;
let dead: number[];
let keepAlive: KeepAlive;

beforeEach(() => {
  clock = new ManualClock();
  echoes = 0;
  dead = [];
  keepAlive = new KeepAlive(clock, 40_000, {
    echo: () => {
      echoes++;
    },
    dead: (silentMs) => void dead.push(silentMs),
  });
  keepAlive.start();
});

test("echoes go out every 3/8 of the time-out, whatever comes in", async () => {
  for (let second = 1; second <= 45; second++) {
    await clock.advance(1000);
    keepAlive.heard(100_000, second);
  }
  expect(echoes).toBe(4);
  expect(dead).toEqual([]);
  keepAlive.stop();
  expect(clock.pending).toBe(0);
});

test("a peer that says nothing is dead at the first tick past the limit, once", async () => {
  await clock.advance(100_000);
  expect(dead).toEqual([45_000]);
  expect(clock.pending).toBe(0);
});

test("a peer that trickles within one message is as dead", async () => {
  keepAlive.heard(20, 1);
  for (let second = 0; second < 60; second++) {
    await clock.advance(1000);
    keepAlive.heard(1, 1);
  }
  expect(dead).toEqual([45_000]);
});

test("a peer that ends messages lives, however small they are", async () => {
  for (let second = 0; second < 60; second += 10) {
    await clock.advance(10_000);
    keepAlive.heard(8, second);
  }
  expect(dead).toEqual([]);
  keepAlive.stop();
});

test("a frame that takes minutes lives as long as it gets on", async () => {
  for (let second = 0; second < 300; second++) {
    await clock.advance(1000);
    keepAlive.heard(1000, 0);
  }
  expect(dead).toEqual([]);
  keepAlive.stop();
});

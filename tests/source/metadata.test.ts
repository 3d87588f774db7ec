import { expect, test } from "bun:test";
import { buildStructure, NTNDARRAY_PVXS, timeFields } from "../../server/pva/index.ts";
import { MissedFrames, timeOf, uniqueIdOf } from "../../server/source/metadata.ts";
import { ndarray, ramp } from "./build-ndarray.ts";

const EPICS_EPOCH = 631_152_000n;

test("time stamps become POSIX milliseconds with their fraction", () => {
  const posix = Date.UTC(2026, 10, 22, 18, 0, 0) + 123.5;
  const value = buildStructure(NTNDARRAY_PVXS, {
    timeStamp: timeFields(posix),
    dataTimeStamp: timeFields(posix - 40),
  });
  expect(timeOf(value, "timeStamp")).toBeCloseTo(posix, 3);
  expect(timeOf(value, "dataTimeStamp")).toBeCloseTo(posix - 40, 3);
});

test.each([
  ["0", 0n],
  ["the EPICS epoch", EPICS_EPOCH],
  ["a number of seconds that is no date", 2n ** 62n],
])("a time stamp of %s was never set", (_, secondsPastEpoch) => {
  expect(
    timeOf(buildStructure(NTNDARRAY_PVXS, { timeStamp: { secondsPastEpoch } }), "timeStamp"),
  ).toBeUndefined();
});

test("a structure without time stamps and id has none", () => {
  const value = ndarray("plain", { type: "ubyte", samples: ramp("ubyte", 1), sizes: [1] });
  expect(timeOf(value, "timeStamp")).toBeUndefined();
  expect(uniqueIdOf(value)).toBeUndefined();
});

test("a gap in the ids is the number of ids left out", () => {
  const missed = new MissedFrames();
  expect([10, 11, 14, 15].map((id) => missed.before(id))).toEqual([0, 0, 2, 0]);
});

test("repeats, a camera that starts again, and updates without an id miss nothing", () => {
  const missed = new MissedFrames();
  expect([10, 10, 3, 4, undefined, 9].map((id) => missed.before(id))).toEqual([0, 0, 0, 0, 0, 0]);
});

test("an id that wraps around its 32 bits goes on counting", () => {
  const missed = new MissedFrames();
  expect([2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 2].map((id) => missed.before(id))).toEqual([0, 0, 1]);
});

test("what happened between two connections is not known", () => {
  const missed = new MissedFrames();
  missed.before(10);
  missed.restart();
  expect(missed.before(500)).toBe(0);
});

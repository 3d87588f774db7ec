import { describe, expect, test } from "bun:test";
import { steadyRange } from "../../wasm/core/steady-range.ts";
import type { SteadyRange } from "../../wasm/core/steady-range.ts";

/** Frames that measure the same, every so many ms from 0 on; the range after the last one. */
function ride(from: SteadyRange, low: number, high: number, every: number, until: number): SteadyRange {
  let range = from;
  for (let at = every; at <= until; at += every) range = steadyRange(range, { low, high }, at);
  return range;
}

const START = { low: 100, high: 200, at: 0 };

describe("steadyRange", () => {
  test("starts with what is measured", () => {
    expect(steadyRange(undefined, { low: 3, high: 9 }, 5)).toEqual({ low: 3, high: 9, at: 5 });
  });

  test("comes 1 - 1/e of the way in a second, whatever the frame rate", () => {
    for (const every of [1000, 100, 10, 1]) {
      const { low, high } = ride(START, 120, 220, every, 1000);
      expect(low).toBeCloseTo(100 + 20 * (1 - Math.exp(-1)), 9);
      expect(high).toBeCloseTo(200 + 20 * (1 - Math.exp(-1)), 9);
    }
  });

  test("moves by a few percent a frame at 25 frames a second, so that noise does not flicker", () => {
    expect(steadyRange(START, { low: 100, high: 299 }, 40).high - 200).toBeLessThan(4);
  });

  test("takes a width of more than twice or less than half at once", () => {
    expect(steadyRange(START, { low: 100, high: 301 }, 10)).toEqual({ low: 100, high: 301, at: 10 });
    expect(steadyRange(START, { low: 100, high: 149 }, 10)).toEqual({ low: 100, high: 149, at: 10 });
    expect(steadyRange(START, { low: 100, high: 300 }, 10).high).toBeLessThan(202);
  });

  test("takes a range of the same width at once that has moved by more than half of it", () => {
    expect(steadyRange(START, { low: 151, high: 251 }, 10)).toEqual({ low: 151, high: 251, at: 10 });
    expect(steadyRange(START, { low: 149, high: 249 }, 10).low).toBeLessThan(101);
  });

  test("keeps its range over frames without a finite sample, and takes the first that has one", () => {
    const empty = { low: Infinity, high: -Infinity };
    expect(steadyRange(START, empty, 40)).toEqual({ ...START, at: 40 });
    const nothing = steadyRange(undefined, empty, 0);
    expect(steadyRange(nothing, { low: 1, high: 2 }, 40)).toEqual({ low: 1, high: 2, at: 40 });
  });

  test("stays where it is while the picture does, and through clocks that go back", () => {
    expect(ride(START, 100, 200, 40, 4000)).toEqual({ ...START, at: 4000 });
    expect(steadyRange({ ...START, at: 500 }, { low: 110, high: 210 }, 100)).toEqual({ ...START, at: 100 });
  });

  test("takes the first range after a constant image at once, and a constant image after a range", () => {
    const dark = { low: 7, high: 7, at: 0 };
    expect(steadyRange(dark, { low: 7, high: 90 }, 40)).toEqual({ low: 7, high: 90, at: 40 });
    expect(steadyRange(START, { low: 150, high: 150 }, 40)).toEqual({ low: 150, high: 150, at: 40 });
    expect(steadyRange(dark, { low: 7, high: 7 }, 40)).toEqual({ ...dark, at: 40 });
  });
});

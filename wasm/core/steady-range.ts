/**
 * Automatic ranges that follow the picture without flicker: an average that runs with time, not with frames, so that it is as
 * quick at 5 frames a second as at 100. Pure: what is remembered comes in and goes out.
 */
import type { SampleType } from "./frame.ts";
import type { Measurement } from "./range.ts";

/** A range and when it was reached, in ms of any clock that only the caller knows. */
export interface SteadyRange {
  readonly low: number;
  readonly high: number;
  readonly at: number;
  /** What the samples were: ranges of another type say nothing of this one's. */
  readonly of?: SampleType;
}

/** Milliseconds in which the distance to what was measured shrinks to 1 / e. */
const TIME_CONSTANT = 1000;

/** Ranges that differ by more are a new scene: light switched on, another exposure. */
const JUMP = 2;

/**
 * The range to draw with now, which is also what to remember.
 *
 * @param previous what the frame before left; undefined at the start
 * @param measured extremes or percentiles of this frame; low > high if no sample is finite, which changes nothing
 * @param at now, in ms; a clock that goes back counts as standing still
 */
export function steadyRange(
  previous: SteadyRange | undefined,
  measured: Measurement,
  at: number,
): SteadyRange {
  const { low, high } = measured;
  if (previous === undefined) return { low, high, at };
  if (low > high) return { ...previous, at };
  if (isJump(previous, measured)) return { low, high, at };
  const share = -Math.expm1(-Math.max(0, at - previous.at) / TIME_CONSTANT);
  return { low: between(previous.low, low, share), high: between(previous.high, high, share), at };
}

/** A width that is more than twice or less than half of the other, or a range that has left half of itself behind. */
function isJump(previous: Measurement, measured: Measurement): boolean {
  if (previous.low > previous.high) return true;
  const before = previous.high - previous.low;
  const now = measured.high - measured.low;
  if (now > JUMP * before || before > JUMP * now) return true;
  const moved = Math.abs((measured.low + measured.high) / 2 - (previous.low + previous.high) / 2);
  return moved > Math.max(before, now) / JUMP;
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

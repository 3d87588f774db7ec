/** Wanted range + measured range → a range that the core can draw with, and what was odd about the wish. */
import type { SampleType } from "./frame.ts";
import type { RangeWish } from "./recipe.ts";

/** Why the applied range is not simply what was asked, or says little. Never a reason not to draw. */
export type RangeIssue =
  /** `auto`, and all finite samples have one value: the picture is black. */
  | "constant-image"
  /** `auto`, and there is no finite sample: the picture is black. */
  | "no-finite-sample"
  /** A fixed bound is no number of the sample type and was rounded to one. */
  | "range-rounded"
  /** The bounds are closer than the sample type can tell apart; the upper one was raised. */
  | "range-widened"
  /** A bound is so far out that the width could not be computed; it was brought in. */
  | "range-clamped"
  /** The lower bound was above the upper one; they were exchanged. */
  | "range-reversed"
  /** A bound is not a finite number; the sample type's full range is used. */
  | "range-not-finite";

/** The range a picture was drawn with: low is black, high is white, both in sample values, low < high. */
export interface AppliedRange {
  readonly low: number;
  readonly high: number;
  readonly issues: readonly RangeIssue[];
}

/** What measuring found; low > high if no sample was finite. */
export interface Measurement {
  readonly low: number;
  readonly high: number;
}

/** Whether the wish depends on what is in the frame. */
export function needsMeasurement(wish: RangeWish, type: SampleType): boolean {
  return wish.kind === "auto" || wish.kind === "percentile" || (wish.kind === "default" && type !== "uint8");
}

/**
 * The range to draw with. Bounds are numbers of the sample type, as the kernels want them: whole for integers (halves
 * round up), float32 for float32. They may lie outside the type's own range.
 *
 * @param measured needed where {@link needsMeasurement} says so, else not looked at
 */
export function safeRange(wish: RangeWish, type: SampleType, measured?: Measurement): AppliedRange {
  if (needsMeasurement(wish, type)) return measuredRange(wish, type, measured);
  if (wish.kind !== "fixed") return { ...FULL[type], issues: [] };
  return fixedRange(type, wish.low, wish.high);
}

function measuredRange(wish: RangeWish, type: SampleType, measured: Measurement | undefined): AppliedRange {
  if (measured === undefined || measured.low > measured.high) {
    return { low: 0, high: 1, issues: ["no-finite-sample"] };
  }
  // Two percentiles may be one value though the image has others.
  if (measured.low === measured.high && wish.kind !== "percentile") {
    const low = clamp(type, measured.low);
    return { low, high: low + leastWidth(type, low), issues: ["constant-image"] };
  }
  return drawable(type, measured.low, measured.high, []);
}

function fixedRange(type: SampleType, low: number, high: number): AppliedRange {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { ...FULL[type], issues: ["range-not-finite"] };
  const issues: RangeIssue[] = [];
  if (low > high) issues.push("range-reversed");
  return drawable(type, Math.min(low, high), Math.max(low, high), issues);
}

/** Takes low ≤ high, both finite. */
function drawable(
  type: SampleType,
  wantedLow: number,
  wantedHigh: number,
  issues: RangeIssue[],
): AppliedRange {
  const nearLow = clamp(type, wantedLow);
  const nearHigh = clamp(type, wantedHigh);
  if (nearLow !== wantedLow || nearHigh !== wantedHigh) issues.push("range-clamped");
  const low = roundTo(type, nearLow);
  const high = roundTo(type, nearHigh);
  if (low !== nearLow || high !== nearHigh) issues.push("range-rounded");
  const least = leastWidth(type, low);
  if (high - low >= least) return { low, high, issues };
  issues.push("range-widened");
  return { low, high: roundTo(type, low + least), issues };
}

const FULL: Readonly<Record<SampleType, Measurement>> = {
  int8: { low: -128, high: 127 },
  uint8: { low: 0, high: 255 },
  int16: { low: -32768, high: 32767 },
  uint16: { low: 0, high: 65535 },
  int32: { low: -2147483648, high: 2147483647 },
  uint32: { low: 0, high: 4294967295 },
  // As float64 has them: 2⁶³ and 2⁶⁴ for the largest.
  int64: { low: -(2 ** 63), high: 2 ** 63 },
  uint64: { low: 0, high: 2 ** 64 },
  float32: { low: 0, high: 1 },
  float64: { low: 0, high: 1 },
};

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** Half the largest number, so that high - low is finite; for integers (high - low) · 255 must be, too. */
function furthest(type: SampleType): number {
  if (type === "float32") return LARGEST_FLOAT32 / 2;
  return type === "float64" ? Number.MAX_VALUE / 2 : 2 ** 512;
}

function clamp(type: SampleType, bound: number): number {
  return Math.min(Math.max(bound, -furthest(type)), furthest(type));
}

function roundTo(type: SampleType, bound: number): number {
  if (type === "float64") return bound;
  return type === "float32" ? Math.fround(bound) : Math.round(bound);
}

/**
 * The narrowest range that starts at `low`: its bounds must differ in the type, and 255 / width must be finite in the
 * kernel's arithmetic (float32: up to 3.4e38, float64: up to 1.8e308).
 */
function leastWidth(type: SampleType, low: number): number {
  if (type === "float32") return Math.max(Math.abs(low) * 2 ** -23, 1e-36);
  return Math.max(Math.abs(low) * 2 ** -52, type === "float64" ? 1.5e-306 : 1);
}

/**
 * The line from 8- and 16-bit samples to levels in 32-bit fixed point. Samples are first made unsigned (u = x + half the
 * type's span for signed types) and clamped to [first, first + span], the part of the type inside the range:
 *
 *   n = (u - first) << shift                       16 bits, the top one set at the end of the span
 *   level = ((n · multiplier) >> 16 + offset) >> 23
 *
 *   multiplier   31                              0     levels per n · 2³⁹; below 2³² since span << shift ≥ 2¹⁵
 *                └─── high half ──┴── low half ──┘     multiplied apart, since lanes have 32 bits
 *   offset       level of `first` · 2²³, plus what rounds (levels.ts)
 *
 * Its error is below 2⁻²² levels. The lift of levels.ts, 1/(4r), is more than that while r ≤ LARGEST_RANGE: there the
 * result is exact, so equal to the scalar truth.
 */
import { SLOPE } from "../memory";
import { gainOf, liftOf } from "./levels";

/** Wider ranges than this (a range far outside the type) are left to the scalar code. */
export const LARGEST_RANGE: f64 = 524288;

/** Bits below the level in the sum. */
export const FRACTION_BITS: i32 = 23;

/** Addresses of u32 words; see above. */
export const FIRST: usize = SLOPE;
export const SPAN: usize = SLOPE + 4;
export const SHIFT: usize = SLOPE + 8;
export const MULTIPLIER: usize = SLOPE + 12;
export const OFFSET: usize = SLOPE + 16;

/** What makes a sample of T unsigned: half the type's span, added or, for it is the top bit, flipped. */
export function unsignedOffset<T>(): u32 {
  return isSigned<T>() ? (largestUnsigned<T>() + 1) / 2 : 0;
}

/** Fills the words for samples of T and a range of whole numbers no wider than LARGEST_RANGE. */
export function layOutSlope<T>(low: f64, high: f64): void {
  const toUnsigned = f64(unsignedOffset<T>());
  const largest = f64(largestUnsigned<T>());
  const bottom = low + toUnsigned;
  const first = clampTo(bottom, largest);
  const span = u32(clampTo(high + toUnsigned, largest) - first);
  const shift = span == 0 ? 0 : clz<u32>(span) - 16;
  const gain = gainOf(low, high);
  const multiplier = span == 0 ? 0 : gain * f64(u64(1) << (39 - shift));
  const offset = (first - bottom) * gain + liftOf(low, high);
  store<u32>(FIRST, u32(first));
  store<u32>(SPAN, span);
  store<u32>(SHIFT, shift);
  store<u32>(MULTIPLIER, u32(nearest(multiplier)));
  // A type wholly below the range has a negative level, one wholly above it a level past 255.
  store<u32>(OFFSET, u32(nearest(clampTo(offset, 255.5) * f64(1 << FRACTION_BITS))));
}

function largestUnsigned<T>(): u32 {
  return sizeof<T>() == 1 ? 0xff : 0xffff;
}

function clampTo(value: f64, largest: f64): f64 {
  return min(max(value, 0.0), largest);
}

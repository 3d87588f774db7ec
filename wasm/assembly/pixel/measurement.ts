/**
 * The block that measuring folds samples into: while it runs, the two extremes are of the sample type itself, so that
 * 64-bit integers stay exact; at the end they become f64.
 *
 *   MEASUREMENT + 0   lowest so far, then f64 low     +∞ if no sample was finite
 *                 8   highest so far, then f64 high   -∞ if no sample was finite
 *                16   i64 finite samples so far, then f64
 */
import { MEASUREMENT } from "../memory";

const HIGHEST: usize = 8;
const FINITE: usize = 16;

/** Empties the block. */
export function startMeasurement<T>(): void {
  // The largest and smallest value of T, so that any sample replaces them.
  if (isFloat<T>()) {
    store<T>(MEASUREMENT, <T>Infinity);
    store<T>(MEASUREMENT, <T>-Infinity, HIGHEST);
  } else {
    store<T>(MEASUREMENT, <T>i64(largest<T>()));
    store<T>(MEASUREMENT, <T>i64(smallest<T>()), HIGHEST);
  }
  store<i64>(MEASUREMENT, 0, FINITE);
}

/** Takes in extremes that were found elsewhere, and how many samples they stand for. */
export function foldExtremes<T>(lowest: T, highest: T, finite: i64): void {
  if (lowest < load<T>(MEASUREMENT)) store<T>(MEASUREMENT, lowest);
  if (highest > load<T>(MEASUREMENT, HIGHEST)) store<T>(MEASUREMENT, highest, HIGHEST);
  store<i64>(MEASUREMENT, load<i64>(MEASUREMENT, FINITE) + finite, FINITE);
}

/** Turns the block into what the host reads. Adding 0 makes -0 the same as 0, whichever came first. */
export function finishMeasurement<T>(): void {
  store<f64>(MEASUREMENT, f64(load<T>(MEASUREMENT)) + 0.0);
  store<f64>(MEASUREMENT, f64(load<T>(MEASUREMENT, HIGHEST)) + 0.0, HIGHEST);
  store<f64>(MEASUREMENT, f64(load<i64>(MEASUREMENT, FINITE)), FINITE);
}

function largest<T>(): u64 {
  const bits: u64 = sizeof<T>() * 8;
  const valueBits = isSigned<T>() ? bits - 1 : bits;
  return u64.MAX_VALUE >> (64 - valueBits);
}

function smallest<T>(): i64 {
  const bits: i64 = sizeof<T>() * 8;
  return isSigned<T>() ? i64.MIN_VALUE >> (64 - bits) : 0;
}

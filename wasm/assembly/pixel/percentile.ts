/**
 * The range between two percentiles, exact for every sample type: what comes out are samples of the picture, found by
 * counting and never by sorting. Of n finite samples in order, numbered from 0:
 *
 *   low is number floor((n - 1) · lowFraction)        high is number ceil((n - 1) · highFraction)
 *
 * which is numpy.percentile with method "lower" and "higher". So fractions 0 and 1 give what measure() gives. NaN and
 * infinities have no number.
 */
import { Result, Sample } from "../abi";
import { MEASUREMENT } from "../memory";
import { finishMeasurement, startMeasurement } from "./measurement";
import { measureScalar } from "./measure-scalar";
import { measureSimd } from "./measure-simd";
import { HISTOGRAM_BYTES, rankNarrow } from "./rank-narrow";
import { WIDE_TABLES_BYTES, rankWide } from "./rank-wide";
import { rankWordsSimd } from "./rank-window";

/** Bytes that percentiles() wants for its counters, at an address that is a multiple of 8. */
export function percentileWorkspaceBytes(): usize {
  return max(HISTOGRAM_BYTES, WIDE_TABLES_BYTES);
}

/** Leaves low, high and the number of finite samples where measure() does: ∞, -∞ and 0 if no sample is finite. */
export function percentiles(
  sampleType: i32,
  source: usize,
  count: u32,
  lowFraction: f64,
  highFraction: f64,
  workspace: usize,
): i32 {
  if (count == 0) return Result.BAD_SIZE;
  if (!(lowFraction >= 0 && lowFraction <= highFraction && highFraction <= 1)) return Result.BAD_RANGE;
  switch (sampleType) {
    case Sample.INT8:
      return narrow<i8>(source, count, lowFraction, highFraction, workspace);
    case Sample.UINT8:
      return narrow<u8>(source, count, lowFraction, highFraction, workspace);
    case Sample.INT16:
      return narrow<i16>(source, count, lowFraction, highFraction, workspace);
    case Sample.UINT16:
      return narrow<u16>(source, count, lowFraction, highFraction, workspace);
    case Sample.INT32:
      return wide<i32>(source, count, lowFraction, highFraction, workspace);
    case Sample.UINT32:
      return wide<u32>(source, count, lowFraction, highFraction, workspace);
    case Sample.INT64:
      return wide<i64>(source, count, lowFraction, highFraction, workspace);
    case Sample.UINT64:
      return wide<u64>(source, count, lowFraction, highFraction, workspace);
    case Sample.FLOAT32:
      return wide<f32>(source, count, lowFraction, highFraction, workspace);
    case Sample.FLOAT64:
      return wide<f64>(source, count, lowFraction, highFraction, workspace);
    default:
      return Result.BAD_SAMPLE_TYPE;
  }
}

function lowRank(count: i64, fraction: f64): i64 {
  return i64(floor(f64(count - 1) * fraction));
}

function highRank(count: i64, fraction: f64): i64 {
  return i64(ceil(f64(count - 1) * fraction));
}

function narrow<T>(source: usize, count: u32, lowFraction: f64, highFraction: f64, workspace: usize): i32 {
  startMeasurement<T>();
  const first = lowRank(count, lowFraction);
  const second = highRank(count, highFraction);
  if (ASC_FEATURE_SIMD && sizeof<T>() == 2) {
    if (!rankWordsSimd<T>(source, count, first, second, workspace)) {
      rankNarrow<T>(source, count, first, second, workspace);
    }
  } else {
    rankNarrow<T>(source, count, first, second, workspace);
  }
  store<i64>(MEASUREMENT, count, 16);
  finishMeasurement<T>();
  return Result.OK;
}

/** Wide types are measured first: the counters spread over what there is, and only finite samples are numbered. */
function wide<T>(source: usize, count: u32, lowFraction: f64, highFraction: f64, workspace: usize): i32 {
  startMeasurement<T>();
  if (ASC_FEATURE_SIMD) measureSimd<T>(source, count);
  else measureScalar<T>(source, count);
  const finite = load<i64>(MEASUREMENT, 16);
  if (finite > 0) {
    if (isFloat<T>()) widenZeros<T>();
    rankWide<T>(source, count, lowRank(finite, lowFraction), highRank(finite, highFraction), workspace);
  }
  finishMeasurement<T>();
  return Result.OK;
}

/**
 * Extremes of zero are of either sign, whichever was seen; but -0 has a key below that of 0, and every sample must lie
 * between the extremes' keys.
 */
function widenZeros<T>(): void {
  if (load<T>(MEASUREMENT) == <T>0) store<T>(MEASUREMENT, <T>-0.0);
  if (load<T>(MEASUREMENT, 8) == <T>0) store<T>(MEASUREMENT, <T>0, 8);
}

/** Samples of any type to 8-bit levels, by the definition in levels.ts. */
import { Result, Sample } from "../abi";
import { scaleFloatsScalar, scaleIntegersScalar } from "./scale-scalar";
import { scaleNarrowSimd } from "./scale-narrow";
import { scaleDoublesSimd, scaleFloatsSimd, scaleWideSimd } from "./scale-wide";

/**
 * Writes `count` levels at `target`, which must not overlap `source`. Low and high are finite, low < high, and numbers
 * of the sample type; for integers whole numbers, which may lie outside the type.
 */
export function scale(sampleType: i32, source: usize, count: u32, target: usize, low: f64, high: f64): i32 {
  if (!(low < high) || !isFinite(high - low) || !isFinite(255.0 / (high - low))) return Result.BAD_RANGE;
  if (sampleType < Sample.FLOAT32 && (low != floor(low) || high != floor(high))) return Result.BAD_RANGE;
  switch (sampleType) {
    case Sample.INT8:
      return scaleNarrow<i8>(source, count, target, low, high);
    case Sample.UINT8:
      return scaleNarrow<u8>(source, count, target, low, high);
    case Sample.INT16:
      return scaleNarrow<i16>(source, count, target, low, high);
    case Sample.UINT16:
      return scaleNarrow<u16>(source, count, target, low, high);
    case Sample.INT32:
      return scaleWide<i32>(source, count, target, low, high);
    case Sample.UINT32:
      return scaleWide<u32>(source, count, target, low, high);
    case Sample.INT64:
      return scaleWide<i64>(source, count, target, low, high);
    case Sample.UINT64:
      return scaleWide<u64>(source, count, target, low, high);
    case Sample.FLOAT32:
      if (ASC_FEATURE_SIMD) scaleFloatsSimd(source, count, target, low, high);
      else scaleFloatsScalar<f32>(source, count, target, low, high);
      return Result.OK;
    case Sample.FLOAT64:
      if (ASC_FEATURE_SIMD) scaleDoublesSimd(source, count, target, low, high);
      else scaleFloatsScalar<f64>(source, count, target, low, high);
      return Result.OK;
    default:
      return Result.BAD_SAMPLE_TYPE;
  }
}

function scaleNarrow<T>(source: usize, count: u32, target: usize, low: f64, high: f64): i32 {
  if (ASC_FEATURE_SIMD) scaleNarrowSimd<T>(source, count, target, low, high);
  else scaleIntegersScalar<T>(source, count, target, low, high);
  return Result.OK;
}

function scaleWide<T>(source: usize, count: u32, target: usize, low: f64, high: f64): i32 {
  if (ASC_FEATURE_SIMD) scaleWideSimd<T>(source, count, target, low, high);
  else scaleIntegersScalar<T>(source, count, target, low, high);
  return Result.OK;
}

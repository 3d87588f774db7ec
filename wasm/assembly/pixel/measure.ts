/** Smallest and largest sample of an array. */
import { Result, Sample } from "../abi";
import { finishMeasurement, startMeasurement } from "./measurement";
import { measureScalar } from "./measure-scalar";
import { measureSimd } from "./measure-simd";

/**
 * Leaves low, high (f64) and the number of finite samples in the measurement block. Without a finite sample low is +∞
 * and high -∞. 64-bit integers are compared exactly and then rounded to f64 (to nearest, ties to even).
 */
export function measure(sampleType: i32, source: usize, count: u32): i32 {
  switch (sampleType) {
    case Sample.INT8:
      return measureAs<i8>(source, count);
    case Sample.UINT8:
      return measureAs<u8>(source, count);
    case Sample.INT16:
      return measureAs<i16>(source, count);
    case Sample.UINT16:
      return measureAs<u16>(source, count);
    case Sample.INT32:
      return measureAs<i32>(source, count);
    case Sample.UINT32:
      return measureAs<u32>(source, count);
    case Sample.INT64:
      return measureAs<i64>(source, count);
    case Sample.UINT64:
      return measureAs<u64>(source, count);
    case Sample.FLOAT32:
      return measureAs<f32>(source, count);
    case Sample.FLOAT64:
      return measureAs<f64>(source, count);
    default:
      return Result.BAD_SAMPLE_TYPE;
  }
}

function measureAs<T>(source: usize, count: u32): i32 {
  if (count == 0) return Result.BAD_SIZE;
  startMeasurement<T>();
  if (ASC_FEATURE_SIMD) measureSimd<T>(source, count);
  else measureScalar<T>(source, count);
  finishMeasurement<T>();
  return Result.OK;
}

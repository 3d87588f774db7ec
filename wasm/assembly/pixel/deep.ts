/**
 * Samples for files that keep 16 bits a sample (PNG). Once a snapshot, not once a frame, and the file's deflate takes
 * many times as long: one kernel serves both builds.
 */
import { Result, Sample } from "../abi";

/**
 * Writes `count` samples as 16-bit levels at `target`: round((x - low) · 65535 / (high - low)), halves to even, clamped;
 * NaN and infinities 0. The bounds are as scale() wants them.
 */
export function scaleDeep(
  sampleType: i32,
  source: usize,
  count: u32,
  target: usize,
  low: f64,
  high: f64,
): i32 {
  if (!(low < high) || !isFinite(high - low)) return Result.BAD_RANGE;
  switch (sampleType) {
    case Sample.INT8:
      return scaleIntegers<i8>(source, count, target, low, high);
    case Sample.UINT8:
      return scaleIntegers<u8>(source, count, target, low, high);
    case Sample.INT16:
      return scaleIntegers<i16>(source, count, target, low, high);
    case Sample.UINT16:
      return scaleIntegers<u16>(source, count, target, low, high);
    case Sample.INT32:
      return scaleIntegers<i32>(source, count, target, low, high);
    case Sample.UINT32:
      return scaleIntegers<u32>(source, count, target, low, high);
    case Sample.INT64:
      return scaleIntegers<i64>(source, count, target, low, high);
    case Sample.UINT64:
      return scaleIntegers<u64>(source, count, target, low, high);
    case Sample.FLOAT32:
      return scaleFloats<f32>(source, count, target, low, high);
    case Sample.FLOAT64:
      return scaleFloats<f64>(source, count, target, low, high);
    default:
      return Result.BAD_SAMPLE_TYPE;
  }
}

/** Up to 32 bits every step but the division is exact, and halves are found as such. */
function scaleIntegers<T>(source: usize, count: u32, target: usize, low: f64, high: f64): i32 {
  const width = high - low;
  const end = target + 2 * <usize>count;
  for (; target < end; target += 2, source += sizeof<T>()) {
    storeLevel(target, ((<f64>load<T>(source) - low) * 65535) / width);
  }
  return Result.OK;
}

function scaleFloats<T>(source: usize, count: u32, target: usize, low: f64, high: f64): i32 {
  const width = high - low;
  const end = target + 2 * <usize>count;
  for (; target < end; target += 2, source += sizeof<T>()) {
    const sample = <f64>load<T>(source);
    storeLevel(target, isFinite(sample) ? ((sample - low) / width) * 65535 : 0);
  }
  return Result.OK;
}

function storeLevel(target: usize, level: f64): void {
  store<u16>(target, <u16>(<u32>nearest(min(max(level, 0.0), 65535.0))));
}

/** Signed samples of 16 bits made unsigned, in place: 32768 is added. */
export function liftSigned(address: usize, count: u32): i32 {
  const end = address + 2 * <usize>count;
  for (; address < end; address += 2) store<u16>(address, load<u16>(address) ^ 0x8000);
  return Result.OK;
}

/** R, G and B of `count` pixels from three rows or planes, laid together; samples of 1 or 2 bytes. */
export function interleave(
  sampleBytes: u32,
  red: usize,
  green: usize,
  blue: usize,
  count: u32,
  target: usize,
): i32 {
  if (sampleBytes != 1 && sampleBytes != 2) return Result.BAD_OPTION;
  if (sampleBytes == 1) interleaveAs<u8>(red, green, blue, count, target);
  else interleaveAs<u16>(red, green, blue, count, target);
  return Result.OK;
}

function interleaveAs<T>(red: usize, green: usize, blue: usize, count: u32, target: usize): void {
  const bytes = sizeof<T>();
  const end = target + 3 * bytes * count;
  for (; target < end; target += 3 * bytes, red += bytes, green += bytes, blue += bytes) {
    store<T>(target, load<T>(red));
    store<T>(target + bytes, load<T>(green));
    store<T>(target + 2 * bytes, load<T>(blue));
  }
}

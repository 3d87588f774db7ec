/** Mean and histogram of samples whose extremes are known: for those who ask. The same code in both builds. */
import { Result, Sample } from "../abi";

export const BINS: u32 = 256;
const TABLE_BYTES: usize = BINS * 4;
const TABLES: usize = 4;

/** Bytes that tally() writes at: f64 mean, f64 finite samples, then 256 u32 counters and three more tables of them. */
export function tallyBytes(): usize {
  return 16 + TABLES * TABLE_BYTES;
}

/**
 * Leaves the mean of the finite samples (NaN if there is none), their number, and 256 counters at `target`. Counter k
 * counts samples from low + k · w on, w = (high - low) / 256; the last one includes `high`. If low = high, all are in the
 * first. Integers are summed exactly, floats in f64 by turns in four sums.
 *
 * @param low, high the extremes, as measure() found them
 */
export function tally(sampleType: i32, source: usize, count: u32, low: f64, high: f64, target: usize): i32 {
  switch (sampleType) {
    case Sample.INT8:
      return tallyIntegers<i8>(source, count, low, high, target);
    case Sample.UINT8:
      return tallyIntegers<u8>(source, count, low, high, target);
    case Sample.INT16:
      return tallyIntegers<i16>(source, count, low, high, target);
    case Sample.UINT16:
      return tallyIntegers<u16>(source, count, low, high, target);
    case Sample.INT32:
      return tallyIntegers<i32>(source, count, low, high, target);
    case Sample.UINT32:
      return tallyIntegers<u32>(source, count, low, high, target);
    case Sample.INT64:
      return tallyIntegers<i64>(source, count, low, high, target);
    case Sample.UINT64:
      return tallyIntegers<u64>(source, count, low, high, target);
    case Sample.FLOAT32:
      return tallyFloats<f32>(source, count, low, high, target);
    case Sample.FLOAT64:
      return tallyFloats<f64>(source, count, low, high, target);
    default:
      return Result.BAD_SAMPLE_TYPE;
  }
}

/** Sums upper and lower 32 bits apart: neither can overflow. */
function tallyIntegers<T>(source: usize, count: u32, low: f64, high: f64, target: usize): i32 {
  memory.fill(target, 0, tallyBytes());
  const width = widthOf(low, high);
  let upper: i64 = 0;
  let lower: u64 = 0;
  for (let at: u32 = 0; at < count; at++, source += sizeof<T>()) {
    const sample = load<T>(source);
    if (sizeof<T>() == 8) {
      upper += <i64>(sample >> 32);
      lower += (<u64>sample) & 0xffffffff;
    } else {
      upper += <i64>sample;
    }
    countIn(target, at, binOf(f64(sample), low, width));
  }
  const sum = sizeof<T>() == 8 ? f64(upper) * 4294967296.0 + f64(lower) : f64(upper);
  return finish(target, sum, f64(count));
}

function tallyFloats<T>(source: usize, count: u32, low: f64, high: f64, target: usize): i32 {
  memory.fill(target, 0, tallyBytes());
  const width = widthOf(low, high);
  let finite: f64 = 0;
  let a: f64 = 0;
  let b: f64 = 0;
  let c: f64 = 0;
  let d: f64 = 0;
  for (let at: u32 = 0; at < count; at++, source += sizeof<T>()) {
    const sample = f64(load<T>(source));
    // Turns of four, so that an addition need not wait for the one before.
    const next = isFinite(sample) ? sample : 0.0;
    const was = a;
    a = b;
    b = c;
    c = d;
    d = was + next;
    if (!isFinite(sample)) continue;
    finite++;
    countIn(target, at, binOf(sample, low, width));
  }
  return finish(target, a + b + (c + d), finite);
}

/** Any width will do where all samples are equal. */
function widthOf(low: f64, high: f64): f64 {
  return high > low ? high - low : 1;
}

function binOf(sample: f64, low: f64, width: f64): u32 {
  return min(u32(((sample - low) * f64(BINS)) / width), BINS - 1);
}

function countIn(target: usize, at: u32, bin: u32): void {
  const counter = target + 16 + <usize>(at & 3) * TABLE_BYTES + ((<usize>bin) << 2);
  store<u32>(counter, load<u32>(counter) + 1);
}

function finish(target: usize, sum: f64, finite: f64): i32 {
  store<f64>(target, sum / finite);
  store<f64>(target, finite, 8);
  for (let counter = target + 16; counter < target + 16 + TABLE_BYTES; counter += 4) {
    const others =
      load<u32>(counter, TABLE_BYTES) +
      load<u32>(counter, 2 * TABLE_BYTES) +
      load<u32>(counter, 3 * TABLE_BYTES);
    store<u32>(counter, load<u32>(counter) + others);
  }
  return Result.OK;
}

/** Scaling to 8 bits, the SIMD twins. Each writes exactly what its scalar truth writes. */
import { gainOf, liftOf } from "./levels";
import { scaleFloatsScalar, scaleIntegersScalar } from "./scale-scalar";
import {
  FIRST,
  FRACTION_BITS,
  LARGEST_RANGE,
  MULTIPLIER,
  OFFSET,
  SHIFT,
  SPAN,
  layOutSlope,
  unsignedOffset,
} from "./slope";
import { loadDoubles } from "./widen";

/** 8- and 16-bit integers, eight at a time in 32-bit fixed point (slope.ts). */
export function scaleNarrowSimd<T>(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  if (high - low > LARGEST_RANGE) return scaleIntegersScalar<T>(source, count, target, low, high);
  layOutSlope<T>(low, high);
  const flip = i16x8.splat(i16(unsignedOffset<T>()));
  const first = i16x8.splat(i16(load<u32>(FIRST)));
  const span = i16x8.splat(i16(load<u32>(SPAN)));
  const shift = load<i32>(SHIFT);
  const upper = i32x4.splat(load<u32>(MULTIPLIER) >> 16);
  const lower = i32x4.splat(load<u32>(MULTIPLIER) & 0xffff);
  const offset = i32x4.splat(load<u32>(OFFSET));
  const end = target + (count & ~7);
  for (; target < end; target += 8, source += 8 * sizeof<T>()) {
    const samples = sizeof<T>() == 1 ? v128.load8x8_u(source) : v128.load(source);
    const above = i16x8.sub_sat_u(v128.xor(samples, flip), first);
    const n = i16x8.shl(i16x8.min_u(above, span), shift);
    const n0 = i32x4.extend_low_i16x8_u(n);
    const n1 = i32x4.extend_high_i16x8_u(n);
    const part0 = i32x4.add(i32x4.mul(n0, upper), i32x4.shr_u(i32x4.mul(n0, lower), 16));
    const part1 = i32x4.add(i32x4.mul(n1, upper), i32x4.shr_u(i32x4.mul(n1, lower), 16));
    const level0 = i32x4.shr_u(i32x4.add(part0, offset), FRACTION_BITS);
    const level1 = i32x4.shr_u(i32x4.add(part1, offset), FRACTION_BITS);
    const levels = i16x8.narrow_i32x4_u(level0, level1);
    v128.store64_lane(target, i8x16.narrow_i16x8_u(levels, levels), 0);
  }
  scaleIntegersScalar<T>(source, count & 7, target, low, high);
}

/** 32- and 64-bit integers in f64 lanes, four at a time. */
export function scaleWideSimd<T>(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const first = f64x2.splat(low);
  const gain = f64x2.splat(gainOf(low, high));
  const lift = f64x2.splat(liftOf(low, high));
  const end = target + (count & ~3);
  for (; target < end; target += 4, source += 4 * sizeof<T>()) {
    const a = f64x2.add(f64x2.mul(f64x2.sub(loadDoubles<T>(source), first), gain), lift);
    const b = f64x2.add(f64x2.mul(f64x2.sub(loadDoubles<T>(source + 2 * sizeof<T>()), first), gain), lift);
    storeLevels(target, truncateDoubles(a, b));
  }
  scaleIntegersScalar<T>(source, count & 3, target, low, high);
}

/** f64, four at a time. */
export function scaleDoublesSimd(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const first = f64x2.splat(low);
  const gain = f64x2.splat(gainOf(low, high));
  const half = f64x2.splat(0.5);
  const infinity = f64x2.splat(Infinity);
  const end = target + (count & ~3);
  for (; target < end; target += 4, source += 32) {
    const samplesA = v128.load(source);
    const samplesB = v128.load(source, 16);
    const a = f64x2.add(f64x2.mul(f64x2.sub(samplesA, first), gain), half);
    const b = f64x2.add(f64x2.mul(f64x2.sub(samplesB, first), gain), half);
    const finiteA = v128.and(a, f64x2.lt(samplesA, infinity));
    const finiteB = v128.and(b, f64x2.lt(samplesB, infinity));
    storeLevels(target, truncateDoubles(finiteA, finiteB));
  }
  scaleFloatsScalar<f64>(source, count & 3, target, low, high);
}

/** f32, eight at a time in f32 lanes. */
export function scaleFloatsSimd(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const first = f32x4.splat(f32(low));
  const gain = f32x4.splat(f32(gainOf(low, high)));
  const half = f32x4.splat(0.5);
  const infinity = f32x4.splat(Infinity);
  const end = target + (count & ~7);
  for (; target < end; target += 8, source += 32) {
    const samplesA = v128.load(source);
    const samplesB = v128.load(source, 16);
    const a = f32x4.add(f32x4.mul(f32x4.sub(samplesA, first), gain), half);
    const b = f32x4.add(f32x4.mul(f32x4.sub(samplesB, first), gain), half);
    const finiteA = v128.and(a, f32x4.lt(samplesA, infinity));
    const finiteB = v128.and(b, f32x4.lt(samplesB, infinity));
    const levels = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(finiteA), i32x4.trunc_sat_f32x4_s(finiteB));
    v128.store64_lane(target, i8x16.narrow_i16x8_u(levels, levels), 0);
  }
  scaleFloatsScalar<f32>(source, count & 7, target, low, high);
}

/** a0 a1, b0 b1 → four i32, rounded towards zero; NaN becomes 0, what is too large the largest i32. */
function truncateDoubles(a: v128, b: v128): v128 {
  // a0 a1 0 0, b0 b1 0 0 → a0 a1 b0 b1
  return v128.shuffle<i64>(i32x4.trunc_sat_f64x2_s_zero(a), i32x4.trunc_sat_f64x2_s_zero(b), 0, 2);
}

/** Four i32 → four bytes at `target`. The saturating packs clamp to 0 and 255. */
function storeLevels(target: usize, levels: v128): void {
  const words = i16x8.narrow_i32x4_s(levels, levels);
  v128.store32_lane(target, i8x16.narrow_i16x8_u(words, words), 0);
}

/**
 * 32- and 64-bit integers and floats to levels, the SIMD twins of scale-scalar.ts. A level is clamped first; adding
 * 2⁵² (f64) or 2²³ (f32) then rounds it, to even, and leaves it in the low bits of its lane.
 */
import { TOP } from "./levels";
import { scaleFloatsScalar, scaleIntegersScalar } from "./scale-scalar";
import { loadDoubles } from "./widen";

const ROUNDER_64: f64 = 4503599627370496;
const ROUNDER_32: f32 = 8388608;

/** As scaleIntegersScalar, bit for bit; T is a 32- or 64-bit type. Four samples a turn in f64 lanes. */
export function scaleWideSimd<T>(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const first = f64x2.splat(low);
  const top = f64x2.splat(TOP);
  const width = f64x2.splat(high - low);
  const end = target + (count & ~3);
  for (; target < end; target += 4, source += 4 * sizeof<T>()) {
    const a = f64x2.mul(f64x2.sub(loadDoubles<T>(source), first), top);
    const b = f64x2.mul(f64x2.sub(loadDoubles<T>(source + 2 * sizeof<T>()), first), top);
    storeDoubles(target, f64x2.div(a, width), f64x2.div(b, width));
  }
  scaleIntegersScalar<T>(source, count & 3, target, low, high);
}

/** As scaleFloatsScalar<f64>, bit for bit. Four samples a turn. */
export function scaleDoublesSimd(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const first = f64x2.splat(low);
  const gain = f64x2.splat(TOP / (high - low));
  const infinity = f64x2.splat(Infinity);
  const end = target + (count & ~3);
  for (; target < end; target += 4, source += 32) {
    const samplesA = v128.load(source);
    const samplesB = v128.load(source, 16);
    const a = f64x2.mul(f64x2.sub(samplesA, first), gain);
    const b = f64x2.mul(f64x2.sub(samplesB, first), gain);
    const finiteA = v128.and(a, f64x2.lt(samplesA, infinity));
    const finiteB = v128.and(b, f64x2.lt(samplesB, infinity));
    storeDoubles(target, finiteA, finiteB);
  }
  scaleFloatsScalar<f64>(source, count & 3, target, low, high);
}

/** As scaleFloatsScalar<f32>, bit for bit. Eight samples a turn. */
export function scaleFloatsSimd(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const first = f32x4.splat(f32(low));
  const gain = f32x4.splat(f32(TOP / (high - low)));
  const infinity = f32x4.splat(Infinity);
  const end = target + (count & ~7);
  for (; target < end; target += 8, source += 32) {
    const samplesA = v128.load(source);
    const samplesB = v128.load(source, 16);
    const a = f32x4.mul(f32x4.sub(samplesA, first), gain);
    const b = f32x4.mul(f32x4.sub(samplesB, first), gain);
    const finiteA = v128.and(a, f32x4.lt(samplesA, infinity));
    const finiteB = v128.and(b, f32x4.lt(samplesB, infinity));
    const levels = v128.shuffle<i16>(roundFloats(finiteA), roundFloats(finiteB), 0, 2, 4, 6, 8, 10, 12, 14);
    v128.store64_lane(target, i8x16.narrow_i16x8_u(levels, levels), 0);
  }
  scaleFloatsScalar<f32>(source, count & 7, target, low, high);
}

/** Clamped and rounded levels in the low bits. pmax(0, NaN) is 0: it keeps its first operand unless 0 < the second. */
function roundFloats(levels: v128): v128 {
  const above = f32x4.pmax(f32x4.splat(0), levels);
  return f32x4.add(f32x4.pmin(above, f32x4.splat(255)), f32x4.splat(ROUNDER_32));
}

function roundDoubles(levels: v128): v128 {
  const above = f64x2.pmax(f64x2.splat(0), levels);
  return f64x2.add(f64x2.pmin(above, f64x2.splat(255)), f64x2.splat(ROUNDER_64));
}

/** Four levels → four bytes at `target`: the low byte of each of four 8-byte lanes. */
function storeDoubles(target: usize, a: v128, b: v128): void {
  const levels = v128.shuffle<u8>(
    roundDoubles(a),
    roundDoubles(b),
    0,
    8,
    16,
    24,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  );
  v128.store32_lane(target, levels, 0);
}

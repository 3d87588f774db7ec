/**
 * 32- and 64-bit integers and floats to levels, the SIMD twins of scale-scalar.ts. A level is clamped first; adding
 * 2⁵² (f64) or 2²³ (f32) then rounds it, to even, and leaves it in the low bits of its lane.
 */
import { TOP } from "./levels";
import { exactGain } from "./narrow-gain";
import { scaleFloatsScalar, scaleIntegersScalar } from "./scale-scalar";
import { loadDoubles } from "./widen";

const ROUNDER_64: f64 = 4503599627370496;
const ROUNDER_32: f32 = 8388608;

/** As scaleIntegersScalar, bit for bit; T is a 32- or 64-bit type. */
export function scaleWideSimd<T>(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const gain: f32 = sizeof<T>() == 4 && fitsWords<T>(low, high) ? exactGain(high - low) : 0;
  if (gain > 0) scaleWordsByProduct<T>(source, count, target, low, high, gain);
  else scaleByQuotient<T>(source, count, target, low, high);
}

/** Whether the range lies within the type, and n = x - low within the whole numbers that f32 has. */
function fitsWords<T>(low: f64, high: f64): bool {
  const least = isSigned<T>() ? f64(i32.MIN_VALUE) : 0.0;
  const most = isSigned<T>() ? f64(i32.MAX_VALUE) : f64(u32.MAX_VALUE);
  return low >= least && high <= most && high - low <= LARGEST_EXACT;
}

/** Where every whole number is an f32. */
const LARGEST_EXACT: f64 = 16777216;

/** As scaleNarrowSimd does it: clamped, then n = x - low times an exact gain in f32 lanes. Sixteen samples a turn. */
function scaleWordsByProduct<T>(
  source: usize,
  count: u32,
  target: usize,
  low: f64,
  high: f64,
  gain: f32,
): void {
  const bottom = i32x4.splat(i32(<T>low));
  const top = i32x4.splat(i32(<T>high));
  const gains = f32x4.splat(gain);
  const end = target + (count & ~15);
  for (; target < end; target += 16, source += 64) {
    const a = wordLevels<T>(v128.load(source), bottom, top, gains);
    const b = wordLevels<T>(v128.load(source, 16), bottom, top, gains);
    const c = wordLevels<T>(v128.load(source, 32), bottom, top, gains);
    const d = wordLevels<T>(v128.load(source, 48), bottom, top, gains);
    v128.store(target, i8x16.narrow_i16x8_u(packFloats(a, b), packFloats(c, d)));
  }
  scaleIntegersScalar<T>(source, count & 15, target, low, high);
}

/** Four levels in the low bits of their lanes. */
function wordLevels<T>(samples: v128, bottom: v128, top: v128, gains: v128): v128 {
  const n = i32x4.sub(v128.min<T>(v128.max<T>(samples, bottom), top), bottom);
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(n), gains), f32x4.splat(ROUNDER_32));
}

/** Any range of any of these types, in f64 lanes. Four samples a turn. */
function scaleByQuotient<T>(source: usize, count: u32, target: usize, low: f64, high: f64): void {
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

/** As scaleFloatsScalar<f64>, bit for bit. */
export function scaleDoublesSimd(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const first = f64x2.splat(low);
  const gain = f64x2.splat(TOP / (high - low));
  const end = target + (count & ~3);
  while (target < end) {
    const samples = min(end - target, STRETCH);
    if (!scaleFiniteDoubles(source, samples, target, first, gain))
      scaleAnyDoubles(source, samples, target, first, gain);
    target += samples;
    source += samples * 8;
  }
  scaleFloatsScalar<f64>(source, count & 3, target, low, high);
}

/** Samples of a stretch. */
const STRETCH: usize = 1024;

/** Four samples a turn; false if one was +∞, whose level is wrong then. NaN never takes the place of the highest. */
function scaleFiniteDoubles(source: usize, samples: usize, target: usize, first: v128, gain: v128): bool {
  let highest = f64x2.splat(-Infinity);
  const end = target + samples;
  for (; target < end; target += 4, source += 32) {
    const a = v128.load(source);
    const b = v128.load(source, 16);
    highest = f64x2.pmax(f64x2.pmax(highest, a), b);
    storeDoubles(target, f64x2.mul(f64x2.sub(a, first), gain), f64x2.mul(f64x2.sub(b, first), gain));
  }
  return i64x2.all_true(f64x2.ne(highest, f64x2.splat(Infinity)));
}

/** The same for any samples. */
function scaleAnyDoubles(source: usize, samples: usize, target: usize, first: v128, gain: v128): void {
  const infinity = f64x2.splat(Infinity);
  const end = target + samples;
  for (; target < end; target += 4, source += 32) {
    const samplesA = v128.load(source);
    const samplesB = v128.load(source, 16);
    const a = f64x2.mul(f64x2.sub(samplesA, first), gain);
    const b = f64x2.mul(f64x2.sub(samplesB, first), gain);
    storeDoubles(
      target,
      v128.and(a, f64x2.lt(samplesA, infinity)),
      v128.and(b, f64x2.lt(samplesB, infinity)),
    );
  }
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
    const levels = packFloats(roundFloats(finiteA), roundFloats(finiteB));
    v128.store64_lane(target, i8x16.narrow_i16x8_u(levels, levels), 0);
  }
  scaleFloatsScalar<f32>(source, count & 7, target, low, high);
}

/** The low words of each lane: a0 a1 a2 a3 b0 b1 b2 b3 */
function packFloats(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
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

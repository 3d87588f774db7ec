/**
 * 8- and 16-bit integers to levels, the SIMD twin of scaleIntegersScalar: sixteen samples a turn in f32 lanes.
 *
 * Eight samples are made unsigned (signed types have their top bit flipped), then n = x - low, clamped to 0 … width, in
 * saturating 16-bit arithmetic. With width ≤ 65535, 255 n is exact in f32; so is its quotient by width on either side of
 * every half, as halves are 1 / (2 · 65535) > 2⁻¹⁷ away and f32 errs by at most 2⁻¹⁷ below 256. Adding 2²³ rounds it, to
 * even, and leaves the level in the low bits:
 *
 *   f32 of 2²³ + level   │ 0x4b │ 0x00 │ 0x00 │ level │
 */
import { exactGain } from "./narrow-gain";
import { scaleIntegersScalar } from "./scale-scalar";

const ROUNDER: f32 = 8388608;

/** Wider than any 16-bit type; such ranges are left to the truth. */
const LARGEST_WIDTH: f64 = 65535;

/** As scaleIntegersScalar, bit for bit; T is an 8- or 16-bit type. */
export function scaleNarrowSimd<T>(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const width = high - low;
  if (width > LARGEST_WIDTH) return scaleIntegersScalar<T>(source, count, target, low, high);
  const gain = exactGain(width);
  if (gain > 0) scaleByProduct<T>(source, count, target, low, width, gain);
  else scaleByQuotient<T>(source, count, target, low, width);
  const done = count & ~15;
  scaleIntegersScalar<T>(source + done * sizeof<T>(), count & 15, target + done, low, high);
}

function scaleByProduct<T>(source: usize, count: u32, target: usize, low: f64, width: f64, gain: f32): void {
  const before = i16x8.splat(below<T>(low));
  const after = i16x8.splat(above<T>(low));
  const most = i16x8.splat(i16(u32(width)));
  const gains = f32x4.splat(gain);
  const rounder = f32x4.splat(ROUNDER);
  const end = target + (count & ~15);
  for (; target < end; target += 16, source += 16 * sizeof<T>()) {
    const n = i16x8.min_u(i16x8.sub_sat_u(i16x8.add_sat_u(loadFirst<T>(source), before), after), most);
    const m = i16x8.min_u(i16x8.sub_sat_u(i16x8.add_sat_u(loadSecond<T>(source), before), after), most);
    const a = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(n)), gains), rounder);
    const b = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(n)), gains), rounder);
    const c = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(m)), gains), rounder);
    const d = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(m)), gains), rounder);
    v128.store(target, packLevels(a, b, c, d));
  }
}

function scaleByQuotient<T>(source: usize, count: u32, target: usize, low: f64, width: f64): void {
  const before = i16x8.splat(below<T>(low));
  const after = i16x8.splat(above<T>(low));
  const most = i16x8.splat(i16(u32(width)));
  const top = f32x4.splat(255);
  const widths = f32x4.splat(f32(width));
  const rounder = f32x4.splat(ROUNDER);
  const end = target + (count & ~15);
  for (; target < end; target += 16, source += 16 * sizeof<T>()) {
    const n = i16x8.min_u(i16x8.sub_sat_u(i16x8.add_sat_u(loadFirst<T>(source), before), after), most);
    const m = i16x8.min_u(i16x8.sub_sat_u(i16x8.add_sat_u(loadSecond<T>(source), before), after), most);
    const a = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(n)), top);
    const b = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(n)), top);
    const c = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(m)), top);
    const d = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(m)), top);
    const ab = packWords(f32x4.add(f32x4.div(a, widths), rounder), f32x4.add(f32x4.div(b, widths), rounder));
    const cd = packWords(f32x4.add(f32x4.div(c, widths), rounder), f32x4.add(f32x4.div(d, widths), rounder));
    v128.store(target, i8x16.narrow_i16x8_u(ab, cd));
  }
}

/** What a low below the unsigned samples' 0 adds to each of them. */
function below<T>(low: f64): i16 {
  return clampWord(-(low + unsignedOffset<T>()));
}

/** What a low above it takes away. */
function above<T>(low: f64): i16 {
  return clampWord(low + unsignedOffset<T>());
}

function clampWord(value: f64): i16 {
  return i16(u32(min(max(value, 0.0), 65535.0)));
}

/** What makes a sample of T unsigned: added, or as it is the top bit, flipped. */
function unsignedOffset<T>(): f64 {
  if (!isSigned<T>()) return 0;
  return sizeof<T>() == 1 ? 128 : 32768;
}

/** The first eight samples as unsigned words. */
function loadFirst<T>(source: usize): v128 {
  if (sizeof<T>() == 2) return flipped<T>(v128.load(source));
  return flipped<T>(v128.load8x8_u(source));
}

/** The next eight. */
function loadSecond<T>(source: usize): v128 {
  if (sizeof<T>() == 2) return flipped<T>(v128.load(source, 16));
  return flipped<T>(v128.load8x8_u(source, 8));
}

function flipped<T>(words: v128): v128 {
  if (!isSigned<T>()) return words;
  return v128.xor(words, sizeof<T>() == 1 ? i16x8.splat(128) : i16x8.splat(-32768));
}

/** Sixteen levels in the low bytes of four times four lanes → sixteen bytes. */
function packLevels(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(packWords(a, b), packWords(c, d));
}

/** The low words of each lane: a0 a1 a2 a3 b0 b1 b2 b3 */
function packWords(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
}

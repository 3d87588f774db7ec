/**
 * Quantisation (T.81 A.3.4): divide by step · 8, the 8 being what the DCT's outputs are too large by, and round to
 * nearest, halves away from zero, as libjpeg's jcdctmgr.c does.
 */

/** Bytes of a divisor table: 64 words of 32 bits in natural order, u32 divisors or f32 reciprocals by build. */
export const DIVISOR_BYTES: usize = 256;

/** Makes the divisor table that quantize() wants from 64 steps (1…255, u8, natural order). */
export function makeDivisors(steps: usize, divisors: usize): void {
  if (ASC_FEATURE_SIMD) makeReciprocals(steps, divisors);
  else makeIntegers(steps, divisors);
}

/** Quantises the block's 64 coefficients in place. */
export function quantize(block: usize, divisors: usize): void {
  if (ASC_FEATURE_SIMD) quantizeSimd(block, divisors);
  else quantizeScalar(block, divisors);
}

// ── scalar ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function makeIntegers(steps: usize, divisors: usize): void {
  for (let i: usize = 0; i < 64; i++) store<u32>(divisors + i * 4, (<u32>load<u8>(steps + i)) << 3);
}

function quantizeScalar(block: usize, divisors: usize): void {
  for (let i: usize = 0; i < 64; i++) {
    const coefficient = <i32>load<i16>(block + i * 2);
    const divisor = load<i32>(divisors + i * 4);
    const dividend = abs(coefficient) + (divisor >> 1);
    // most are 0 and spare the division
    const magnitude = dividend < divisor ? 0 : dividend / divisor;
    store<i16>(block + i * 2, <i16>(coefficient < 0 ? -magnitude : magnitude));
  }
}

// ── SIMD ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A multiplication by a reciprocal that is a little too large gives exactly the integer division's result. Let d = 8·step,
 * so d is even, and c any i16. Then c/d lies on a half, or at least 1/d away from it.
 * - On a half: the reciprocal is 1/d · (1 + 2⁻²¹) within 2⁻²⁴, so the product in f32 stays beyond the half and goes away from zero.
 * - Below it: the product is too large by at most |c|/d · 2⁻²⁰ ≤ 2⁻⁵/d and does not reach the half.
 */
const EXCESS: f64 = 1.0 + 1.0 / 2097152.0; // 1 + 2⁻²¹

/** 1.5 · 2²³: an f32 there has no fraction bits, so that adding it rounds to the nearest integer … */
const ROUNDER: f32 = 12582912.0;
/** … which then stands in the low bits of the word, above those of the constant itself. */
const ROUNDER_BITS: i32 = 0x4b400000;

function makeReciprocals(steps: usize, divisors: usize): void {
  for (let i: usize = 0; i < 64; i++) {
    store<f32>(divisors + i * 4, <f32>(EXCESS / <f64>((<u32>load<u8>(steps + i)) << 3)));
  }
}

function quantizeSimd(block: usize, divisors: usize): void {
  quantizeRow(block, divisors);
  quantizeRow(block + 16, divisors + 32);
  quantizeRow(block + 32, divisors + 64);
  quantizeRow(block + 48, divisors + 96);
  quantizeRow(block + 64, divisors + 128);
  quantizeRow(block + 80, divisors + 160);
  quantizeRow(block + 96, divisors + 192);
  quantizeRow(block + 112, divisors + 224);
}

function quantizeRow(row: usize, reciprocals: usize): void {
  const c = v128.load(row);
  const low = divideRounding(i32x4.extend_low_i16x8_s(c), v128.load(reciprocals));
  const high = divideRounding(i32x4.extend_high_i16x8_s(c), v128.load(reciprocals, 16));
  v128.store(row, i16x8.narrow_i32x4_s(low, high));
}

/** Four i32 times four f32, rounded to i32. */
function divideRounding(coefficients: v128, reciprocals: v128): v128 {
  const product = f32x4.mul(f32x4.convert_i32x4_s(coefficients), reciprocals);
  return i32x4.sub(f32x4.add(product, f32x4.splat(ROUNDER)), i32x4.splat(ROUNDER_BITS));
}

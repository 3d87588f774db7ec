/**
 * Between quantisation and coding: what the coder walks along. Coefficients in zigzag order (T.81 figure A.6) clipped to
 * a byte, and a mask of those that are not zero, so that runs of zeros are counted and not visited.
 */
import { CLIPPED, CLIP_BIAS, CLIP_HIGH, CLIP_LOW, NON_ZERO } from "./block";
import { ZIGZAG } from "./tables";

/** Fills the block's `clipped` and `non-zero mask` from its coefficients. */
export function zigzag(block: usize): void {
  if (ASC_FEATURE_SIMD) zigzagSimd(block);
  else zigzagScalar(block);
}

// ── scalar ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function zigzagScalar(block: usize): void {
  let nonZero: u64 = 0;
  for (let k: usize = 0; k < 64; k++) {
    const coefficient = <i32>load<i16>(block + <usize>load<u8>(ZIGZAG + k) * 2);
    store<u8>(block + k, <u8>(min(max(coefficient, CLIP_LOW), CLIP_HIGH) + CLIP_BIAS), CLIPPED);
    nonZero |= u64(coefficient != 0) << k;
  }
  store<u64>(block, nonZero, NON_ZERO);
}

// ── SIMD ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function zigzagSimd(block: usize): void {
  // natural positions 0…15, 16…31, 32…47, 48…63
  const n0 = clipRows(block);
  const n1 = clipRows(block + 32);
  const n2 = clipRows(block + 64);
  const n3 = clipRows(block + 96);
  // brackets: what the last shuffle takes from its second operand
  // z0  0  1  8 16  9  2  3 10 17 24 [32] 25 18 11  4  5
  const z0a = i8x16.shuffle(n0, n1, 0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 0, 25, 18, 11, 4, 5);
  const z0 = i8x16.shuffle(z0a, n2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 11, 12, 13, 14, 15);
  // z1 12 19 26 [33 40 48 41 34] 27 20 13  6  7 14 21 28
  const z1a = i8x16.shuffle(n0, n1, 12, 19, 26, 0, 0, 0, 0, 0, 27, 20, 13, 6, 7, 14, 21, 28);
  const z1b = i8x16.shuffle(n2, n3, 0, 0, 0, 1, 8, 16, 9, 2, 0, 0, 0, 0, 0, 0, 0, 0);
  const z1 = i8x16.shuffle(z1a, z1b, 0, 1, 2, 19, 20, 21, 22, 23, 8, 9, 10, 11, 12, 13, 14, 15);
  // z2 35 42 49 56 57 50 43 36 [29 22 15 23 30] 37 44 51
  const z2a = i8x16.shuffle(n2, n3, 3, 10, 17, 24, 25, 18, 11, 4, 0, 0, 0, 0, 0, 5, 12, 19);
  const z2b = i8x16.shuffle(n0, n1, 0, 0, 0, 0, 0, 0, 0, 0, 29, 22, 15, 23, 30, 0, 0, 0);
  const z2 = i8x16.shuffle(z2a, z2b, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 13, 14, 15);
  // z3 58 59 52 45 38 [31] 39 46 53 60 61 54 47 55 62 63
  const z3a = i8x16.shuffle(n2, n3, 26, 27, 20, 13, 6, 0, 7, 14, 21, 28, 29, 22, 15, 23, 30, 31);
  const z3 = i8x16.shuffle(z3a, n1, 0, 1, 2, 3, 4, 31, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(block, z0, CLIPPED);
  v128.store(block, z1, CLIPPED + 16);
  v128.store(block, z2, CLIPPED + 32);
  v128.store(block, z3, CLIPPED + 48);
  const zero = zeros(z0) | (zeros(z1) << 16) | (zeros(z2) << 32) | (zeros(z3) << 48);
  store<u64>(block, ~zero, NON_ZERO);
}

/** Two rows of coefficients → sixteen clipped bytes. Adding the bias saturates at the upper limit. */
function clipRows(rows: usize): v128 {
  const coefficients = i8x16.narrow_i16x8_s(v128.load(rows), v128.load(rows, 16));
  const biased = i8x16.add_sat_s(coefficients, i8x16.splat(<i8>CLIP_BIAS));
  return i8x16.max_s(biased, i8x16.splat(<i8>(CLIP_LOW + CLIP_BIAS)));
}

/** Bit i: clipped byte i stands for zero. */
function zeros(bytes: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>CLIP_BIAS))));
}

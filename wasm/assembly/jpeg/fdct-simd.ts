/** The forward DCT with 128-bit vectors: the same results as fdct-scalar.ts. */
import {
  ONE,
  E,
  F,
  G,
  A10,
  A11,
  A12,
  A13,
  A30,
  A31,
  A32,
  A33,
  A50,
  A51,
  A52,
  A53,
  A70,
  A71,
  A72,
  A73,
  LEVEL_SHIFT,
} from "./dct-constants";

/**
 * Rows first, each on its own and without a transposition: one row's outputs are dot products of its sums and
 * differences with the matrix of dct-constants.ts, so that they come out as a row again. Then the columns, eight at once.
 *
 * Rounding shifts are made to be by 16 bits, by factors put in before: then the result is the upper half of a lane, and
 * taking upper halves is a shuffle. WebAssembly's shifts take their distance from a scalar register, which engines do
 * not turn into a constant; a shift costs four instructions.
 */
export function fdctSimd(source: usize, stride: usize, block: usize): void {
  const r0 = rowSimd(source);
  const r1 = rowSimd(source + stride);
  const r2 = rowSimd(source + 2 * stride);
  const r3 = rowSimd(source + 3 * stride);
  const r4 = rowSimd(source + 4 * stride);
  const r5 = rowSimd(source + 5 * stride);
  const r6 = rowSimd(source + 6 * stride);
  const r7 = rowSimd(source + 7 * stride);

  const s0 = i16x8.add(r0, r7);
  const s1 = i16x8.add(r1, r6);
  const s2 = i16x8.add(r2, r5);
  const s3 = i16x8.add(r3, r4);
  evenColumns(block, i16x8.add(s0, s3), i16x8.add(s1, s2), i16x8.sub(s0, s3), i16x8.sub(s1, s2));

  const d0 = i16x8.sub(r0, r7);
  const d1 = i16x8.sub(r1, r6);
  const d2 = i16x8.sub(r2, r5);
  const d3 = i16x8.sub(r3, r4);
  const low01 = interleaveLow(d0, d1);
  const high01 = interleaveHigh(d0, d1);
  const low23 = interleaveLow(d2, d3);
  const high23 = interleaveHigh(d2, d3);
  v128.store(block, oddColumns(low01, high01, low23, high23, twice(A10, A11), twice(A12, A13)), 16);
  v128.store(block, oddColumns(low01, high01, low23, high23, twice(A30, A31), twice(A32, A33)), 48);
  v128.store(block, oddColumns(low01, high01, low23, high23, twice(A50, A51), twice(A52, A53)), 80);
  v128.store(block, oddColumns(low01, high01, low23, high23, twice(A70, A71), twice(A72, A73)), 112);
}

/** What sums and differences of samples are multiplied by, so that 13 − 2 fraction bits too many become 16. */
const ROW_SCALE: i16 = 32;

/** Eight samples → eight row outputs with PASS1_BITS fraction bits, i16. */
function rowSimd(source: usize): v128 {
  // x  x0 x1 x2 x3 x4 x5 x6 x7        mirrored  x7 x6 x5 x4 x3 x2 x1 x0
  // s  s0 s1 s2 s3 s3 s2 s1 s0        d         d0 d1 d2 d3 …
  const x = i16x8.mul(v128.load8x8_u(source), i16x8.splat(ROW_SCALE));
  const mirrored = i16x8.shuffle(x, x, 7, 6, 5, 4, 3, 2, 1, 0);
  const s = i16x8.add(x, mirrored);
  const d = i16x8.sub(x, mirrored);
  // outputs 0 2 4 6, then 1 3 5 7: a dot product adds a pair of terms of each
  const s01 = i16x8.shuffle(s, s, 0, 1, 0, 1, 0, 1, 0, 1);
  const s23 = i16x8.shuffle(s, s, 2, 3, 2, 3, 2, 3, 2, 3);
  const even = i32x4.add(
    i32x4.dot_i16x8_s(s01, i16x8(ONE, ONE, E, F, ONE, -ONE, F, -G)),
    i32x4.dot_i16x8_s(s23, i16x8(ONE, ONE, -F, -E, -ONE, ONE, G, -F)),
  );
  const d01 = i16x8.shuffle(d, d, 0, 1, 0, 1, 0, 1, 0, 1);
  const d23 = i16x8.shuffle(d, d, 2, 3, 2, 3, 2, 3, 2, 3);
  const odd = i32x4.add(
    i32x4.dot_i16x8_s(d01, i16x8(A10, A11, A30, A31, A50, A51, A70, A71)),
    i32x4.dot_i16x8_s(d23, i16x8(A12, A13, A32, A33, A52, A53, A72, A73)),
  );
  // the upper halves of both, by turns
  const evenRounded = i32x4.add(even, i32x4(HALF - ROW_SCALE * LEVEL_SHIFT, HALF, HALF, HALF));
  const oddRounded = i32x4.add(odd, i32x4.splat(HALF));
  return i16x8.shuffle(evenRounded, oddRounded, 1, 9, 3, 11, 5, 13, 7, 15);
}

/** Rows 0, 2, 4, 6 of the result. outer = s0 + s3, inner = s1 + s2, e0 = s0 − s3, e1 = s1 − s2. */
function evenColumns(block: usize, outer: v128, inner: v128, e0: v128, e1: v128): void {
  // 8 · 8 · 128 · 2^PASS1_BITS is 32768: the sums just fit, for only −32768 is ever reached.
  // A rounding product with 2^13 and 15 fraction bits is a rounding shift by the 2 of PASS1_BITS.
  v128.store(block, i16x8.q15mulr_sat_s(i16x8.add(outer, inner), i16x8.splat(8192)));
  v128.store(block, i16x8.q15mulr_sat_s(i16x8.sub(outer, inner), i16x8.splat(8192)), 64);
  const low = interleaveLow(e0, e1);
  const high = interleaveHigh(e0, e1);
  v128.store(
    block,
    roundColumns(i32x4.dot_i16x8_s(low, twice(E, F)), i32x4.dot_i16x8_s(high, twice(E, F))),
    32,
  );
  v128.store(
    block,
    roundColumns(i32x4.dot_i16x8_s(low, twice(F, -G)), i32x4.dot_i16x8_s(high, twice(F, -G))),
    96,
  );
}

/** One of rows 1, 3, 5, 7 of the result from the interleaved differences d0 d1 and d2 d3. */
function oddColumns(
  low01: v128,
  high01: v128,
  low23: v128,
  high23: v128,
  weights01: v128,
  weights23: v128,
): v128 {
  return roundColumns(
    i32x4.add(i32x4.dot_i16x8_s(low01, weights01), i32x4.dot_i16x8_s(low23, weights23)),
    i32x4.add(i32x4.dot_i16x8_s(high01, weights01), i32x4.dot_i16x8_s(high23, weights23)),
  );
}

/** Columns 0…3 and 4…7 as i32 with 16 fraction bits → one row of i16. */
function roundColumns(low: v128, high: v128): v128 {
  return upperHalves(i32x4.add(low, i32x4.splat(HALF)), i32x4.add(high, i32x4.splat(HALF)));
}

/** One half with 16 fraction bits. */
const HALF: i32 = 32768;

/** Weights of the columns' pass, doubled: 13 + 2 fraction bits become 16. The largest, 2.77, still fits 16 bits. */
function twice(a: i16, b: i16): v128 {
  return i16x8(a * 2, b * 2, a * 2, b * 2, a * 2, b * 2, a * 2, b * 2);
}

/** The upper 16 bits of a0 a1 a2 a3 b0 b1 b2 b3. */
function upperHalves(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

/** a0 b0 a1 b1 a2 b2 a3 b3 */
function interleaveLow(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** a4 b4 a5 b5 a6 b6 a7 b7 */
function interleaveHigh(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

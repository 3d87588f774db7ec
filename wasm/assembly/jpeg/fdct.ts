/**
 * Forward DCT of 8 × 8 samples: the accurate integer method of Loeffler, Ligtenberg and Moschytz as the IJG wrote it
 * (libjpeg's jfdctint.c, "islow"), result for result. The definition is T.81 A.3.3; outputs are 8 times larger than it
 * says, which quantisation takes out. Samples are read as they are: the level shift by 128 (A.3.1) happens inside.
 */

/** Fraction bits of the constants below. */
const CONST_BITS: i32 = 13;
/** Fraction bits that the rows' results keep for the columns: as many as 16 bits have room for. */
const PASS1_BITS: i32 = 2;

/** jfdctint.c's constants times 2^13. */
const F_0_298: i32 = 2446; // 0.298631336
const F_0_390: i32 = 3196; // 0.390180644
const F_0_541: i32 = 4433; // 0.541196100
const F_0_765: i32 = 6270; // 0.765366865
const F_0_899: i32 = 7373; // 0.899976223
const F_1_175: i32 = 9633; // 1.175875602
const F_1_501: i32 = 12299; // 1.501321110
const F_1_847: i32 = 15137; // 1.847759065
const F_1_961: i32 = 16069; // 1.961570560
const F_2_053: i32 = 16819; // 2.053119869
const F_2_562: i32 = 20995; // 2.562915447
const F_3_072: i32 = 25172; // 3.072711026

/**
 * The same transform multiplied out. With s0…s3 the sums and d0…d3 the differences of inputs mirrored about the middle
 * (s0 = x0 + x7, d0 = x0 − x7, …), each output is one row of a 4 × 4 matrix times them. All before the rounding shift is
 * exact integer arithmetic, so the sums of the constants above give the same numbers as the butterflies do.
 *
 *     out2 = s0·E + s1·F − s2·F − s3·E        out6 = s0·F − s1·G + s2·G − s3·F
 *     out1 = d0·11363 + d1·9633 + d2·6437 + d3·2260   and so on
 */
const ONE: i16 = 8192; // 1.0
const E: i16 = <i16>(F_0_541 + F_0_765); // 1.306562965 = √2·cos(π/8)
const F: i16 = <i16>F_0_541; // 0.541196100 = √2·cos(3π/8)
const G: i16 = <i16>(F_1_847 - F_0_541); // 1.306562965, one unit above E: the constants were rounded first

const A10: i16 = <i16>(F_1_501 - F_0_899 - F_0_390 + F_1_175); //  1.387039845 = √2·cos(π/16)
const A11: i16 = <i16>F_1_175; //  1.175875602 = √2·cos(3π/16)
const A12: i16 = <i16>(F_1_175 - F_0_390); //  0.785694958 = √2·cos(5π/16)
const A13: i16 = <i16>(F_1_175 - F_0_899); //  0.275899379 = √2·cos(7π/16)

const A30: i16 = <i16>F_1_175; //  1.175875602
const A31: i16 = <i16>(F_3_072 - F_2_562 - F_1_961 + F_1_175); // −0.275899379
const A32: i16 = <i16>(F_1_175 - F_2_562); // −1.387039845
const A33: i16 = <i16>(F_1_175 - F_1_961); // −0.785694958

const A50: i16 = <i16>(F_1_175 - F_0_390); //  0.785694958
const A51: i16 = <i16>(F_1_175 - F_2_562); // −1.387039845
const A52: i16 = <i16>(F_2_053 - F_2_562 - F_0_390 + F_1_175); //  0.275899379
const A53: i16 = <i16>F_1_175; //  1.175875602

const A70: i16 = <i16>(F_1_175 - F_0_899); //  0.275899379
const A71: i16 = <i16>(F_1_175 - F_1_961); // −0.785694958
const A72: i16 = <i16>F_1_175; //  1.175875602
const A73: i16 = <i16>(F_0_298 - F_0_899 - F_1_961 + F_1_175); // −1.387039845

/** Eight samples of 128 times the weight 1.0: what the level shift takes from the rows' first output. */
const LEVEL_SHIFT: i32 = (8 * 128) << CONST_BITS;

/** Transforms the 8 × 8 u8 at `source`, rows `stride` bytes apart, to 64 i16 in natural order at `block`. */
export function fdct(source: usize, stride: usize, block: usize): void {
  if (ASC_FEATURE_SIMD) fdctSimd(source, stride, block);
  else fdctScalar(source, stride, block);
}

// ── scalar ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Rounds to nearest, halves up, and takes `bits` fraction bits away: libjpeg's DESCALE. */
function descale(value: i32, bits: i32): i32 {
  return (value + (1 << (bits - 1))) >> bits;
}

function fdctScalar(source: usize, stride: usize, block: usize): void {
  for (let v: usize = 0; v < 8; v++) rowScalar(source + v * stride, block + v * 16);
  for (let u: usize = 0; u < 8; u++) columnScalar(block + u * 2);
}

function rowScalar(source: usize, row: usize): void {
  const x0 = <i32>load<u8>(source);
  const x1 = <i32>load<u8>(source, 1);
  const x2 = <i32>load<u8>(source, 2);
  const x3 = <i32>load<u8>(source, 3);
  const x4 = <i32>load<u8>(source, 4);
  const x5 = <i32>load<u8>(source, 5);
  const x6 = <i32>load<u8>(source, 6);
  const x7 = <i32>load<u8>(source, 7);
  const s0 = x0 + x7;
  const s1 = x1 + x6;
  const s2 = x2 + x5;
  const s3 = x3 + x4;
  store<i16>(row, <i16>((s0 + s1 + s2 + s3 - 8 * 128) << PASS1_BITS));
  store<i16>(row, <i16>((s0 - s1 - s2 + s3) << PASS1_BITS), 8);
  rotations(row, 2, CONST_BITS - PASS1_BITS, s0 - s3, s1 - s2, x0 - x7, x1 - x6, x2 - x5, x3 - x4);
}

function columnScalar(column: usize): void {
  const x0 = <i32>load<i16>(column);
  const x1 = <i32>load<i16>(column, 16);
  const x2 = <i32>load<i16>(column, 32);
  const x3 = <i32>load<i16>(column, 48);
  const x4 = <i32>load<i16>(column, 64);
  const x5 = <i32>load<i16>(column, 80);
  const x6 = <i32>load<i16>(column, 96);
  const x7 = <i32>load<i16>(column, 112);
  const s0 = x0 + x7;
  const s1 = x1 + x6;
  const s2 = x2 + x5;
  const s3 = x3 + x4;
  store<i16>(column, <i16>descale(s0 + s1 + s2 + s3, PASS1_BITS));
  store<i16>(column, <i16>descale(s0 - s1 - s2 + s3, PASS1_BITS), 64);
  rotations(column, 16, CONST_BITS + PASS1_BITS, s0 - s3, s1 - s2, x0 - x7, x1 - x6, x2 - x5, x3 - x4);
}

/** Outputs 1, 2, 3, 5, 6, 7 of either pass, `step` bytes apart; e0 = s0 − s3, e1 = s1 − s2. jfdctint.c's figures. */
function rotations(at: usize, step: usize, bits: i32, e0: i32, e1: i32, d0: i32, d1: i32, d2: i32, d3: i32): void {
  const e = (e0 + e1) * F_0_541;
  store<i16>(at + 2 * step, <i16>descale(e + e0 * F_0_765, bits));
  store<i16>(at + 6 * step, <i16>descale(e - e1 * F_1_847, bits));

  const z5 = (d3 + d1 + d2 + d0) * F_1_175;
  const z1 = (d3 + d0) * -F_0_899;
  const z2 = (d2 + d1) * -F_2_562;
  const z3 = (d3 + d1) * -F_1_961 + z5;
  const z4 = (d2 + d0) * -F_0_390 + z5;
  store<i16>(at + 7 * step, <i16>descale(d3 * F_0_298 + z1 + z3, bits));
  store<i16>(at + 5 * step, <i16>descale(d2 * F_2_053 + z2 + z4, bits));
  store<i16>(at + 3 * step, <i16>descale(d1 * F_3_072 + z2 + z3, bits));
  store<i16>(at + step, <i16>descale(d0 * F_1_501 + z1 + z4, bits));
}

// ── SIMD ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Rows first, each on its own and without a transposition: one row's outputs are dot products of its sums and
 * differences with the matrix above, so that they come out as a row again. Then the columns, eight at once.
 *
 * Rounding shifts are made to be by 16 bits, by factors put in before: then the result is the upper half of a lane, and
 * taking upper halves is a shuffle. WebAssembly's shifts take their distance from a scalar register, which engines do
 * not turn into a constant; a shift costs four instructions.
 */
function fdctSimd(source: usize, stride: usize, block: usize): void {
  const r0 = rowSimd(source);
  const r1 = rowSimd((source += stride));
  const r2 = rowSimd((source += stride));
  const r3 = rowSimd((source += stride));
  const r4 = rowSimd((source += stride));
  const r5 = rowSimd((source += stride));
  const r6 = rowSimd((source += stride));
  const r7 = rowSimd(source + stride);

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
  const x = i16x8.mul(v128.load8x8_u(source), i16x8.splat(ROW_SCALE));
  // x      x0 x1 x2 x3 x4 x5 x6 x7
  // left   x0 x1 x0 x1 x0 x1 x0 x1        right  x7 x6 x7 x6 x7 x6 x7 x6
  // sd01   s0 s1 d0 d1 s0 s1 d0 d1
  const sign = i16x8(1, 1, -1, -1, 1, 1, -1, -1);
  const sd01 = i16x8.add(
    i16x8.shuffle(x, x, 0, 1, 0, 1, 0, 1, 0, 1),
    i16x8.mul(i16x8.shuffle(x, x, 7, 6, 7, 6, 7, 6, 7, 6), sign),
  );
  // sd23   s2 s3 d2 d3 s2 s3 d2 d3
  const sd23 = i16x8.add(
    i16x8.shuffle(x, x, 2, 3, 2, 3, 2, 3, 2, 3),
    i16x8.mul(i16x8.shuffle(x, x, 5, 4, 5, 4, 5, 4, 5, 4), sign),
  );
  // outputs 0 1 2 3, then 4 5 6 7; one dot product adds a pair of terms of each
  const low = i32x4.add(
    i32x4.dot_i16x8_s(sd01, i16x8(ONE, ONE, A10, A11, E, F, A30, A31)),
    i32x4.dot_i16x8_s(sd23, i16x8(ONE, ONE, A12, A13, -F, -E, A32, A33)),
  );
  const high = i32x4.add(
    i32x4.dot_i16x8_s(sd01, i16x8(ONE, -ONE, A50, A51, F, -G, A70, A71)),
    i32x4.dot_i16x8_s(sd23, i16x8(-ONE, ONE, A52, A53, G, -F, A72, A73)),
  );
  return upperHalves(
    i32x4.add(low, i32x4(HALF - ROW_SCALE * LEVEL_SHIFT, HALF, HALF, HALF)),
    i32x4.add(high, i32x4.splat(HALF)),
  );
}

/** Rows 0, 2, 4, 6 of the result. outer = s0 + s3, inner = s1 + s2, e0 = s0 − s3, e1 = s1 − s2. */
function evenColumns(block: usize, outer: v128, inner: v128, e0: v128, e1: v128): void {
  // 8 · 8 · 128 · 2^PASS1_BITS is 32768: the sums just fit, for only −32768 is ever reached.
  // A rounding product with 2^13 and 15 fraction bits is a rounding shift by PASS1_BITS.
  v128.store(block, i16x8.q15mulr_sat_s(i16x8.add(outer, inner), i16x8.splat(8192)));
  v128.store(block, i16x8.q15mulr_sat_s(i16x8.sub(outer, inner), i16x8.splat(8192)), 64);
  const low = interleaveLow(e0, e1);
  const high = interleaveHigh(e0, e1);
  v128.store(block, roundColumns(i32x4.dot_i16x8_s(low, twice(E, F)), i32x4.dot_i16x8_s(high, twice(E, F))), 32);
  v128.store(block, roundColumns(i32x4.dot_i16x8_s(low, twice(F, -G)), i32x4.dot_i16x8_s(high, twice(F, -G))), 96);
}

/** One of rows 1, 3, 5, 7 of the result from the interleaved differences d0 d1 and d2 d3. */
function oddColumns(low01: v128, high01: v128, low23: v128, high23: v128, weights01: v128, weights23: v128): v128 {
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

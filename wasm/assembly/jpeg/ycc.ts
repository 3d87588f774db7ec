/**
 * RGB → YCbCr of JFIF (ITU-T T.871, 7: full-range BT.601) with libjpeg's fixed-point numbers (jccolor.c), 16 fraction
 * bits. Y is rounded to nearest; Cb and Cr have one half less one unit, so that 255.5 does not become 256.
 *
 *     Y  =  0.29900 R + 0.58700 G + 0.11400 B
 *     Cb = −0.16874 R − 0.33126 G + 0.50000 B + 128
 *     Cr =  0.50000 R − 0.41869 G − 0.08131 B + 128
 */
const Y_R: i32 = 19595; // 0.29900
const Y_G: i32 = 38470; // 0.58700
const Y_B: i32 = 7471; // 0.11400
const CB_R: i32 = 11059; // 0.16874, taken away
const CB_G: i32 = 21709; // 0.33126, taken away
const HALF: i32 = 32768; // 0.50000
const CR_G: i32 = 27439; // 0.41869, taken away
const CR_B: i32 = 5329; // 0.08131, taken away

/** What is added before the shift: one half for Y; 128 and one half less one unit for Cb, Cr. */
const Y_OFFSET: i32 = 1 << 15;
const C_OFFSET: i32 = (128 << 16) + (1 << 15) - 1;

/** Pixels that the SIMD kernels take at a time. */
const LANES: usize = 16;

/**
 * One row of `width` pixels, R G B R G B … at `rgb`, to `width` samples each at y, cb, cr. Reads exactly 3 · width bytes.
 */
export function interleavedToYcc(rgb: usize, width: usize, y: usize, cb: usize, cr: usize): void {
  if (ASC_FEATURE_SIMD) {
    if (width >= LANES) interleavedSimd(rgb, width, y, cb, cr);
    else rowScalar(rgb, rgb + 1, rgb + 2, 3, width, y, cb, cr);
  } else rowScalar(rgb, rgb + 1, rgb + 2, 3, width, y, cb, cr);
}

/** The same from three rows of one colour each. Reads exactly `width` bytes of each. */
export function planarToYcc(r: usize, g: usize, b: usize, width: usize, y: usize, cb: usize, cr: usize): void {
  if (ASC_FEATURE_SIMD) {
    if (width >= LANES) planarSimd(r, g, b, width, y, cb, cr);
    else rowScalar(r, g, b, 1, width, y, cb, cr);
  } else rowScalar(r, g, b, 1, width, y, cb, cr);
}

// ── scalar ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `step` is the distance of two samples of a colour. */
function rowScalar(
  r: usize,
  g: usize,
  b: usize,
  step: usize,
  width: usize,
  y: usize,
  cb: usize,
  cr: usize,
): void {
  for (let x: usize = 0; x < width; x++) {
    const red = <i32>load<u8>(r + x * step);
    const green = <i32>load<u8>(g + x * step);
    const blue = <i32>load<u8>(b + x * step);
    store<u8>(y + x, <u8>((Y_R * red + Y_G * green + Y_B * blue + Y_OFFSET) >> 16));
    store<u8>(cb + x, <u8>((HALF * blue - CB_R * red - CB_G * green + C_OFFSET) >> 16));
    store<u8>(cr + x, <u8>((HALF * red - CR_G * green - CR_B * blue + C_OFFSET) >> 16));
  }
}

// ── SIMD ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A row whose width is no multiple of 16 ends with sixteen pixels of which some are done a second time. */
function interleavedSimd(rgb: usize, width: usize, y: usize, cb: usize, cr: usize): void {
  const last = width - LANES;
  for (let x: usize = 0; x < width; x += LANES) {
    const at = min(x, last);
    interleaved16(rgb + at * 3, y + at, cb + at, cr + at);
  }
}

function planarSimd(r: usize, g: usize, b: usize, width: usize, y: usize, cb: usize, cr: usize): void {
  const last = width - LANES;
  for (let x: usize = 0; x < width; x += LANES) {
    const at = min(x, last);
    planar16(v128.load(r + at), v128.load(g + at), v128.load(b + at), y + at, cb + at, cr + at);
  }
}

function interleaved16(rgb: usize, y: usize, cb: usize, cr: usize): void {
  // four pixels are twelve bytes; the last four are loaded from four bytes further left, to read nothing beyond the row
  const p0 = v128.load(rgb);
  const p1 = v128.load(rgb, 12);
  const p2 = v128.load(rgb, 24);
  const p3 = v128.load(rgb, 32);
  const zero = i8x16.splat(0);
  // p   R0 G0 B0 R1 G1 B1 R2 G2 B2 R3 G3 B3
  // rg  R0 G0 R1 G1 R2 G2 R3 G3, gb  G0 B0 G1 B1 G2 B2 G3 B3, as i16
  store16(
    i8x16.shuffle(p0, zero, 0, 16, 1, 16, 3, 16, 4, 16, 6, 16, 7, 16, 9, 16, 10, 16),
    i8x16.shuffle(p0, zero, 1, 16, 2, 16, 4, 16, 5, 16, 7, 16, 8, 16, 10, 16, 11, 16),
    i8x16.shuffle(p1, zero, 0, 16, 1, 16, 3, 16, 4, 16, 6, 16, 7, 16, 9, 16, 10, 16),
    i8x16.shuffle(p1, zero, 1, 16, 2, 16, 4, 16, 5, 16, 7, 16, 8, 16, 10, 16, 11, 16),
    i8x16.shuffle(p2, zero, 0, 16, 1, 16, 3, 16, 4, 16, 6, 16, 7, 16, 9, 16, 10, 16),
    i8x16.shuffle(p2, zero, 1, 16, 2, 16, 4, 16, 5, 16, 7, 16, 8, 16, 10, 16, 11, 16),
    i8x16.shuffle(p3, zero, 4, 16, 5, 16, 7, 16, 8, 16, 10, 16, 11, 16, 13, 16, 14, 16),
    i8x16.shuffle(p3, zero, 5, 16, 6, 16, 8, 16, 9, 16, 11, 16, 12, 16, 14, 16, 15, 16),
    y,
    cb,
    cr,
  );
}

function planar16(r: v128, g: v128, b: v128, y: usize, cb: usize, cr: usize): void {
  // R0 G0 R1 G1 … R7 G7 and R8 G8 … R15 G15 as bytes; likewise G, B
  const rgLow = i8x16.shuffle(r, g, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const rgHigh = i8x16.shuffle(r, g, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const gbLow = i8x16.shuffle(g, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const gbHigh = i8x16.shuffle(g, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  store16(
    i16x8.extend_low_i8x16_u(rgLow),
    i16x8.extend_low_i8x16_u(gbLow),
    i16x8.extend_high_i8x16_u(rgLow),
    i16x8.extend_high_i8x16_u(gbLow),
    i16x8.extend_low_i8x16_u(rgHigh),
    i16x8.extend_low_i8x16_u(gbHigh),
    i16x8.extend_high_i8x16_u(rgHigh),
    i16x8.extend_high_i8x16_u(gbHigh),
    y,
    cb,
    cr,
  );
}

/** Sixteen pixels as four times four pairs (R, G) and (G, B) of i16. */
function store16(
  rg0: v128,
  gb0: v128,
  rg1: v128,
  gb1: v128,
  rg2: v128,
  gb2: v128,
  rg3: v128,
  gb3: v128,
  y: usize,
  cb: usize,
  cr: usize,
): void {
  v128.store(y, narrow(luma(rg0, gb0), luma(rg1, gb1), luma(rg2, gb2), luma(rg3, gb3)));
  v128.store(cb, narrow(blueness(rg0, gb0), blueness(rg1, gb1), blueness(rg2, gb2), blueness(rg3, gb3)));
  v128.store(cr, narrow(redness(rg0, gb0), redness(rg1, gb1), redness(rg2, gb2), redness(rg3, gb3)));
}

/** Y of four pixels in the upper halves of i32. The weight of G does not fit 16 bits; it comes half by half. */
function luma(rg: v128, gb: v128): v128 {
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(rg, pair(Y_R, Y_G / 2)),
    i32x4.dot_i16x8_s(gb, pair(Y_G / 2, Y_B)),
  );
  return i32x4.add(sum, i32x4.splat(Y_OFFSET));
}

/** Cb likewise. +0.5 does not fit 16 bits but −0.5 does, so the sum is made negative and taken away. */
function blueness(rg: v128, gb: v128): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(rg, pair(CB_R, CB_G)), i32x4.dot_i16x8_s(gb, pair(0, -HALF)));
  return i32x4.sub(i32x4.splat(C_OFFSET), sum);
}

/** Cr likewise. */
function redness(rg: v128, gb: v128): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(rg, pair(-HALF, CR_G)), i32x4.dot_i16x8_s(gb, pair(0, CR_B)));
  return i32x4.sub(i32x4.splat(C_OFFSET), sum);
}

function pair(a: i32, b: i32): v128 {
  return i16x8(<i16>a, <i16>b, <i16>a, <i16>b, <i16>a, <i16>b, <i16>a, <i16>b);
}

/** The upper halves of four times four i32, all 0…255 → sixteen u8. Shuffles, for shifts cost more: see fdct.ts. */
function narrow(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(
    i16x8.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15),
    i16x8.shuffle(c, d, 1, 3, 5, 7, 9, 11, 13, 15),
  );
}

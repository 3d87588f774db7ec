/** RGB → YCbCr with 128-bit vectors: the same results as ycc-scalar.ts. */
import { Y_R, Y_G, Y_B, CB_R, HALF, CR_B } from "./ycc-weights";

/** Pixels that the SIMD kernels take at a time. */
export const LANES: usize = 16;

/** A row whose width is no multiple of 16 ends with sixteen pixels of which some are done a second time. */
export function interleavedSimd(rgb: usize, width: usize, y: usize, cb: usize, cr: usize): void {
  const last = width - LANES;
  for (let x: usize = 0; x < width; x += LANES) {
    const at = min(x, last);
    interleaved16(rgb + at * 3, y + at, cb + at, cr + at);
  }
}

export function planarSimd(r: usize, g: usize, b: usize, width: usize, y: usize, cb: usize, cr: usize): void {
  const last = width - LANES;
  for (let x: usize = 0; x < width; x += LANES) {
    const at = min(x, last);
    planar16(v128.load(r + at), v128.load(g + at), v128.load(b + at), y + at, cb + at, cr + at);
  }
}

/**
 * The arithmetic of the SIMD kernels: dot products of pairs of i16, of which 32-bit sums come out. A pixel is two pairs,
 * (R, G) and (G, B). Weights of a chrominance add up to nothing, so it is one product with their difference (R − G, G − B):
 *
 *     Y  = (R, G)·(Y_R, Y_G / 2) + (G, B)·(Y_G / 2, Y_B), because Y_G does not fit 16 bits
 *     Cb = ½ (B − G) + 0.16874 (G − R)        Cr = ½ (R − G) + 0.08131 (G − B)
 *
 * −0.5 fits 16 bits and 0.5 does not, which is as well for Cb; Cr is made negative for the sum and back by the
 * complement: (C_OFFSET + s) >> 16 is ~((−s − C_OFFSET − 1) >> 16).
 *
 * What is added before the shift is loaded, not written as a constant: JavaScriptCore makes such constants anew each time.
 */
const OFFSETS: usize = memory.data<i32>([
  // Y_OFFSET, C_OFFSET, −C_OFFSET − 1, four times each
  32768, 32768, 32768, 32768, 8421375, 8421375, 8421375, 8421375, -8421376, -8421376, -8421376, -8421376,
]);

/** Sixteen pixels, 48 bytes. */
function interleaved16(rgb: usize, y: usize, cb: usize, cr: usize): void {
  // four pixels are twelve bytes; the last four are loaded from four bytes further left, to read nothing beyond the row
  const p0 = v128.load(rgb);
  const p1 = v128.load(rgb, 12);
  const p2 = v128.load(rgb, 24);
  const p3 = v128.load(rgb, 32);
  // p  R0 G0 B0 R1 G1 B1 R2 G2 B2 R3 G3 B3     q  R0 G0 R1 G1 R2 G2 R3 G3  G0 B0 G1 B1 G2 B2 G3 B3
  const q0 = i8x16.shuffle(p0, p0, 0, 1, 3, 4, 6, 7, 9, 10, 1, 2, 4, 5, 7, 8, 10, 11);
  const q1 = i8x16.shuffle(p1, p1, 0, 1, 3, 4, 6, 7, 9, 10, 1, 2, 4, 5, 7, 8, 10, 11);
  const q2 = i8x16.shuffle(p2, p2, 0, 1, 3, 4, 6, 7, 9, 10, 1, 2, 4, 5, 7, 8, 10, 11);
  const q3 = i8x16.shuffle(p3, p3, 4, 5, 7, 8, 10, 11, 13, 14, 5, 6, 8, 9, 11, 12, 14, 15);
  store16(
    i16x8.extend_low_i8x16_u(q0),
    i16x8.extend_high_i8x16_u(q0),
    i16x8.extend_low_i8x16_u(q1),
    i16x8.extend_high_i8x16_u(q1),
    i16x8.extend_low_i8x16_u(q2),
    i16x8.extend_high_i8x16_u(q2),
    i16x8.extend_low_i8x16_u(q3),
    i16x8.extend_high_i8x16_u(q3),
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
  const y0 = upperHalves(y4(rg0, gb0), y4(rg1, gb1));
  const y1 = upperHalves(y4(rg2, gb2), y4(rg3, gb3));
  v128.store(y, i8x16.narrow_i16x8_u(y0, y1));
  const d0 = i16x8.sub(rg0, gb0);
  const d1 = i16x8.sub(rg1, gb1);
  const d2 = i16x8.sub(rg2, gb2);
  const d3 = i16x8.sub(rg3, gb3);
  const cb0 = upperHalves(cb4(d0), cb4(d1));
  const cb1 = upperHalves(cb4(d2), cb4(d3));
  v128.store(cb, i8x16.narrow_i16x8_u(cb0, cb1));
  const cr0 = v128.not(upperHalves(cr4(d0), cr4(d1)));
  const cr1 = v128.not(upperHalves(cr4(d2), cr4(d3)));
  v128.store(cr, i8x16.narrow_i16x8_u(cr0, cr1));
}

/** Y of four pixels with 16 fraction bits. */
function y4(rg: v128, gb: v128): v128 {
  const red = i32x4.dot_i16x8_s(rg, pair(Y_R, Y_G / 2));
  const blue = i32x4.dot_i16x8_s(gb, pair(Y_G / 2, Y_B));
  return i32x4.add(i32x4.add(red, blue), v128.load(OFFSETS));
}

/** Cb likewise. */
function cb4(difference: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(difference, pair(-CB_R, -HALF)), v128.load(OFFSETS, 16));
}

/** Cr likewise, the negative of it less one unit. */
function cr4(difference: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(difference, pair(-HALF, -CR_B)), v128.load(OFFSETS, 32));
}

function pair(a: i32, b: i32): v128 {
  return i16x8(<i16>a, <i16>b, <i16>a, <i16>b, <i16>a, <i16>b, <i16>a, <i16>b);
}

/** The upper 16 bits of a0 a1 a2 a3 b0 b1 b2 b3: a shift by 16 without shifting, which costs more (see fdct-simd.ts). */
function upperHalves(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

/** RGB → YCbCr with 128-bit vectors: the same results as ycc-scalar.ts. */
import { Y_R, Y_G, Y_B, CB_R, CB_G, HALF, CR_G, CR_B, Y_OFFSET, C_OFFSET } from "./ycc-weights";

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
 * The arithmetic of the SIMD kernels: dot products of pairs of i16, of which 32-bit sums come out.
 *
 * G is there twice, once with R and once with B, because Y's weight of it does not fit 16 bits. The second byte of its
 * lanes is not needed, so the two are G − 256 and G + 512: with weights g₁ + g₂ = g, their sum is
 * g·G + 512·g₂ − 256·g₁, and g₂ = (g + offset / 256) / 3 makes that g·G + offset. All three divide without remainder.
 *
 * Cb and Cr are made negative, as −0.5 fits 16 bits and 0.5 does not: (C_OFFSET − s) >> 16 is ~((s − C_OFFSET − 1) >> 16).
 */
const Y_G2: i32 = (Y_G + Y_OFFSET / 256) / 3;
const CB_G2: i32 = (CB_G - (C_OFFSET + 1) / 256) / 3;
const CR_G2: i32 = (CR_G - (C_OFFSET + 1) / 256) / 3;

function interleaved16(rgb: usize, y: usize, cb: usize, cr: usize): void {
  // four pixels are twelve bytes; the last four are loaded from four bytes further left, to read nothing beyond the row
  const p0 = v128.load(rgb);
  const p1 = v128.load(rgb, 12);
  const p2 = v128.load(rgb, 24);
  const p3 = v128.load(rgb, 32);
  // byte 16 of the shuffle is 0, byte 17 makes G − 256, byte 18 makes G + 512
  const upper = i8x16(0, -1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  // p   R0 G0 B0 R1 G1 B1 R2 G2 B2 R3 G3 B3
  // rg  R0 G0 R1 G1 R2 G2 R3 G3, gb  G0 B0 G1 B1 G2 B2 G3 B3, as i16
  store16(
    i8x16.shuffle(p0, upper, 0, 16, 1, 17, 3, 16, 4, 17, 6, 16, 7, 17, 9, 16, 10, 17),
    i8x16.shuffle(p0, upper, 1, 18, 2, 16, 4, 18, 5, 16, 7, 18, 8, 16, 10, 18, 11, 16),
    i8x16.shuffle(p1, upper, 0, 16, 1, 17, 3, 16, 4, 17, 6, 16, 7, 17, 9, 16, 10, 17),
    i8x16.shuffle(p1, upper, 1, 18, 2, 16, 4, 18, 5, 16, 7, 18, 8, 16, 10, 18, 11, 16),
    i8x16.shuffle(p2, upper, 0, 16, 1, 17, 3, 16, 4, 17, 6, 16, 7, 17, 9, 16, 10, 17),
    i8x16.shuffle(p2, upper, 1, 18, 2, 16, 4, 18, 5, 16, 7, 18, 8, 16, 10, 18, 11, 16),
    i8x16.shuffle(p3, upper, 4, 16, 5, 17, 7, 16, 8, 17, 10, 16, 11, 17, 13, 16, 14, 17),
    i8x16.shuffle(p3, upper, 5, 18, 6, 16, 8, 18, 9, 16, 11, 18, 12, 16, 14, 18, 15, 16),
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
  // byte 16 of the shuffle is 0, byte 17 makes G − 256, byte 18 makes G + 512
  const upper = i8x16(0, -1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  store16(
    i8x16.shuffle(rgLow, upper, 0, 16, 1, 17, 2, 16, 3, 17, 4, 16, 5, 17, 6, 16, 7, 17),
    i8x16.shuffle(gbLow, upper, 0, 18, 1, 16, 2, 18, 3, 16, 4, 18, 5, 16, 6, 18, 7, 16),
    i8x16.shuffle(rgLow, upper, 8, 16, 9, 17, 10, 16, 11, 17, 12, 16, 13, 17, 14, 16, 15, 17),
    i8x16.shuffle(gbLow, upper, 8, 18, 9, 16, 10, 18, 11, 16, 12, 18, 13, 16, 14, 18, 15, 16),
    i8x16.shuffle(rgHigh, upper, 0, 16, 1, 17, 2, 16, 3, 17, 4, 16, 5, 17, 6, 16, 7, 17),
    i8x16.shuffle(gbHigh, upper, 0, 18, 1, 16, 2, 18, 3, 16, 4, 18, 5, 16, 6, 18, 7, 16),
    i8x16.shuffle(rgHigh, upper, 8, 16, 9, 17, 10, 16, 11, 17, 12, 16, 13, 17, 14, 16, 15, 17),
    i8x16.shuffle(gbHigh, upper, 8, 18, 9, 16, 10, 18, 11, 16, 12, 18, 13, 16, 14, 18, 15, 16),
    y,
    cb,
    cr,
  );
}

/** Sixteen pixels as four times four pairs (R, G − 256) and (G + 512, B) of i16. */
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
  v128.store(y, i8x16.narrow_i16x8_u(y8(rg0, gb0, rg1, gb1), y8(rg2, gb2, rg3, gb3)));
  v128.store(cb, i8x16.narrow_i16x8_u(cb8(rg0, gb0, rg1, gb1), cb8(rg2, gb2, rg3, gb3)));
  v128.store(cr, i8x16.narrow_i16x8_u(cr8(rg0, gb0, rg1, gb1), cr8(rg2, gb2, rg3, gb3)));
}

/** Y of eight pixels as i16. */
function y8(rg0: v128, gb0: v128, rg1: v128, gb1: v128): v128 {
  const rg = pair(Y_R, Y_G - Y_G2);
  const gb = pair(Y_G2, Y_B);
  return upperHalves(weigh(rg0, gb0, rg, gb), weigh(rg1, gb1, rg, gb));
}

/** Cb likewise, made negative for the sum and back by the complement. */
function cb8(rg0: v128, gb0: v128, rg1: v128, gb1: v128): v128 {
  const rg = pair(CB_R, CB_G - CB_G2);
  const gb = pair(CB_G2, -HALF);
  return v128.not(upperHalves(weigh(rg0, gb0, rg, gb), weigh(rg1, gb1, rg, gb)));
}

/** Cr likewise. */
function cr8(rg0: v128, gb0: v128, rg1: v128, gb1: v128): v128 {
  const rg = pair(-HALF, CR_G - CR_G2);
  const gb = pair(CR_G2, CR_B);
  return v128.not(upperHalves(weigh(rg0, gb0, rg, gb), weigh(rg1, gb1, rg, gb)));
}

function weigh(rg: v128, gb: v128, rgWeights: v128, gbWeights: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(rg, rgWeights), i32x4.dot_i16x8_s(gb, gbWeights));
}

function pair(a: i32, b: i32): v128 {
  return i16x8(<i16>a, <i16>b, <i16>a, <i16>b, <i16>a, <i16>b, <i16>a, <i16>b);
}

/** The upper 16 bits of a0 a1 a2 a3 b0 b1 b2 b3: a shift by 16 without shifting, which costs more (see fdct-simd.ts). */
function upperHalves(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

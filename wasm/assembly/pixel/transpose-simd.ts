/**
 * Rows become columns, the SIMD twins of transposeScalar. Eight rows a turn: three rounds, each interleaving row i with
 * row i + 4, bring the eight samples of a column together. Of bytes a vector then holds two columns, of pairs one:
 *
 *     c0 │ x0y0 x0y1 … x0y7 │ x1y0 … x1y7 │     c0 │ x0y0 … x0y7 │
 */
import { transposeScalar } from "./orient-scalar";

/** Samples of one byte: eight rows of sixteen columns a turn. Strides may be negative. */
export function transposeBytesSimd(
  source: usize,
  sourceStride: usize,
  width: usize,
  height: usize,
  target: usize,
  targetStride: usize,
): void {
  const wide = width & ~15;
  const high = height & ~7;
  for (let x: usize = 0; x < wide; x += 16) {
    let row = source + x;
    let column = target + x * targetStride;
    for (let y: usize = 0; y < high; y += 8, row += 8 * sourceStride, column += 8) {
      const r0 = v128.load(row);
      const r1 = v128.load(row + 1 * sourceStride);
      const r2 = v128.load(row + 2 * sourceStride);
      const r3 = v128.load(row + 3 * sourceStride);
      const r4 = v128.load(row + 4 * sourceStride);
      const r5 = v128.load(row + 5 * sourceStride);
      const r6 = v128.load(row + 6 * sourceStride);
      const r7 = v128.load(row + 7 * sourceStride);
      const a0 = v128.shuffle<u8>(r0, r4, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const a1 = v128.shuffle<u8>(r0, r4, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const a2 = v128.shuffle<u8>(r1, r5, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const a3 = v128.shuffle<u8>(r1, r5, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const a4 = v128.shuffle<u8>(r2, r6, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const a5 = v128.shuffle<u8>(r2, r6, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const a6 = v128.shuffle<u8>(r3, r7, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const a7 = v128.shuffle<u8>(r3, r7, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const b0 = v128.shuffle<u8>(a0, a4, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const b1 = v128.shuffle<u8>(a0, a4, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const b2 = v128.shuffle<u8>(a1, a5, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const b3 = v128.shuffle<u8>(a1, a5, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const b4 = v128.shuffle<u8>(a2, a6, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const b5 = v128.shuffle<u8>(a2, a6, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const b6 = v128.shuffle<u8>(a3, a7, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const b7 = v128.shuffle<u8>(a3, a7, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const c0 = v128.shuffle<u8>(b0, b4, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const c1 = v128.shuffle<u8>(b0, b4, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const c2 = v128.shuffle<u8>(b1, b5, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const c3 = v128.shuffle<u8>(b1, b5, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const c4 = v128.shuffle<u8>(b2, b6, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const c5 = v128.shuffle<u8>(b2, b6, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const c6 = v128.shuffle<u8>(b3, b7, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const c7 = v128.shuffle<u8>(b3, b7, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      v128.store64_lane(column, c0, 0);
      v128.store64_lane(column + 1 * targetStride, c0, 1);
      v128.store64_lane(column + 2 * targetStride, c1, 0);
      v128.store64_lane(column + 3 * targetStride, c1, 1);
      v128.store64_lane(column + 4 * targetStride, c2, 0);
      v128.store64_lane(column + 5 * targetStride, c2, 1);
      v128.store64_lane(column + 6 * targetStride, c3, 0);
      v128.store64_lane(column + 7 * targetStride, c3, 1);
      v128.store64_lane(column + 8 * targetStride, c4, 0);
      v128.store64_lane(column + 9 * targetStride, c4, 1);
      v128.store64_lane(column + 10 * targetStride, c5, 0);
      v128.store64_lane(column + 11 * targetStride, c5, 1);
      v128.store64_lane(column + 12 * targetStride, c6, 0);
      v128.store64_lane(column + 13 * targetStride, c6, 1);
      v128.store64_lane(column + 14 * targetStride, c7, 0);
      v128.store64_lane(column + 15 * targetStride, c7, 1);
    }
  }
  transposeRest(1, source, sourceStride, width, height, target, targetStride, wide, high);
}

/** Samples of two bytes: eight rows of eight columns a turn. */
export function transposePairsSimd(
  source: usize,
  sourceStride: usize,
  width: usize,
  height: usize,
  target: usize,
  targetStride: usize,
): void {
  const wide = width & ~7;
  const high = height & ~7;
  for (let x: usize = 0; x < wide; x += 8) {
    let row = source + 2 * x;
    let column = target + x * targetStride;
    for (let y: usize = 0; y < high; y += 8, row += 8 * sourceStride, column += 16) {
      const r0 = v128.load(row);
      const r1 = v128.load(row + 1 * sourceStride);
      const r2 = v128.load(row + 2 * sourceStride);
      const r3 = v128.load(row + 3 * sourceStride);
      const r4 = v128.load(row + 4 * sourceStride);
      const r5 = v128.load(row + 5 * sourceStride);
      const r6 = v128.load(row + 6 * sourceStride);
      const r7 = v128.load(row + 7 * sourceStride);
      const a0 = v128.shuffle<u16>(r0, r4, 0, 8, 1, 9, 2, 10, 3, 11);
      const a1 = v128.shuffle<u16>(r0, r4, 4, 12, 5, 13, 6, 14, 7, 15);
      const a2 = v128.shuffle<u16>(r1, r5, 0, 8, 1, 9, 2, 10, 3, 11);
      const a3 = v128.shuffle<u16>(r1, r5, 4, 12, 5, 13, 6, 14, 7, 15);
      const a4 = v128.shuffle<u16>(r2, r6, 0, 8, 1, 9, 2, 10, 3, 11);
      const a5 = v128.shuffle<u16>(r2, r6, 4, 12, 5, 13, 6, 14, 7, 15);
      const a6 = v128.shuffle<u16>(r3, r7, 0, 8, 1, 9, 2, 10, 3, 11);
      const a7 = v128.shuffle<u16>(r3, r7, 4, 12, 5, 13, 6, 14, 7, 15);
      const b0 = v128.shuffle<u16>(a0, a4, 0, 8, 1, 9, 2, 10, 3, 11);
      const b1 = v128.shuffle<u16>(a0, a4, 4, 12, 5, 13, 6, 14, 7, 15);
      const b2 = v128.shuffle<u16>(a1, a5, 0, 8, 1, 9, 2, 10, 3, 11);
      const b3 = v128.shuffle<u16>(a1, a5, 4, 12, 5, 13, 6, 14, 7, 15);
      const b4 = v128.shuffle<u16>(a2, a6, 0, 8, 1, 9, 2, 10, 3, 11);
      const b5 = v128.shuffle<u16>(a2, a6, 4, 12, 5, 13, 6, 14, 7, 15);
      const b6 = v128.shuffle<u16>(a3, a7, 0, 8, 1, 9, 2, 10, 3, 11);
      const b7 = v128.shuffle<u16>(a3, a7, 4, 12, 5, 13, 6, 14, 7, 15);
      const c0 = v128.shuffle<u16>(b0, b4, 0, 8, 1, 9, 2, 10, 3, 11);
      const c1 = v128.shuffle<u16>(b0, b4, 4, 12, 5, 13, 6, 14, 7, 15);
      const c2 = v128.shuffle<u16>(b1, b5, 0, 8, 1, 9, 2, 10, 3, 11);
      const c3 = v128.shuffle<u16>(b1, b5, 4, 12, 5, 13, 6, 14, 7, 15);
      const c4 = v128.shuffle<u16>(b2, b6, 0, 8, 1, 9, 2, 10, 3, 11);
      const c5 = v128.shuffle<u16>(b2, b6, 4, 12, 5, 13, 6, 14, 7, 15);
      const c6 = v128.shuffle<u16>(b3, b7, 0, 8, 1, 9, 2, 10, 3, 11);
      const c7 = v128.shuffle<u16>(b3, b7, 4, 12, 5, 13, 6, 14, 7, 15);
      v128.store(column, c0);
      v128.store(column + 1 * targetStride, c1);
      v128.store(column + 2 * targetStride, c2);
      v128.store(column + 3 * targetStride, c3);
      v128.store(column + 4 * targetStride, c4);
      v128.store(column + 5 * targetStride, c5);
      v128.store(column + 6 * targetStride, c6);
      v128.store(column + 7 * targetStride, c7);
    }
  }
  transposeRest(2, source, sourceStride, width, height, target, targetStride, wide, high);
}

/**
 * Pixels of three bytes: four rows of four columns a turn, spread to four bytes each, then as any four vectors of four.
 * Twelve bytes are read and written, no more.
 */
export function transposeTripletsSimd(
  source: usize,
  sourceStride: usize,
  width: usize,
  height: usize,
  target: usize,
  targetStride: usize,
): void {
  // The fourth byte of a spread pixel is never looked at; index 16 and above picks 0.
  const spread = i8x16(0, 1, 2, 16, 3, 4, 5, 16, 6, 7, 8, 16, 9, 10, 11, 16);
  const pack = i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 16, 16, 16);
  const wide = width & ~3;
  const high = height & ~3;
  for (let x: usize = 0; x < wide; x += 4) {
    let row = source + 3 * x;
    let column = target + x * targetStride;
    for (let y: usize = 0; y < high; y += 4, row += 4 * sourceStride, column += 12) {
      const r0 = i8x16.swizzle(loadTwelve(row), spread);
      const r1 = i8x16.swizzle(loadTwelve(row + sourceStride), spread);
      const r2 = i8x16.swizzle(loadTwelve(row + 2 * sourceStride), spread);
      const r3 = i8x16.swizzle(loadTwelve(row + 3 * sourceStride), spread);
      const a0 = v128.shuffle<u32>(r0, r2, 0, 4, 1, 5);
      const a1 = v128.shuffle<u32>(r0, r2, 2, 6, 3, 7);
      const a2 = v128.shuffle<u32>(r1, r3, 0, 4, 1, 5);
      const a3 = v128.shuffle<u32>(r1, r3, 2, 6, 3, 7);
      storeTwelve(column, i8x16.swizzle(v128.shuffle<u32>(a0, a2, 0, 4, 1, 5), pack));
      storeTwelve(column + targetStride, i8x16.swizzle(v128.shuffle<u32>(a0, a2, 2, 6, 3, 7), pack));
      storeTwelve(column + 2 * targetStride, i8x16.swizzle(v128.shuffle<u32>(a1, a3, 0, 4, 1, 5), pack));
      storeTwelve(column + 3 * targetStride, i8x16.swizzle(v128.shuffle<u32>(a1, a3, 2, 6, 3, 7), pack));
    }
  }
  transposeRest(3, source, sourceStride, width, height, target, targetStride, wide, high);
}

function loadTwelve(address: usize): v128 {
  return v128.load32_lane(address + 8, v128.load64_zero(address), 2);
}

function storeTwelve(address: usize, twelve: v128): void {
  v128.store64_lane(address, twelve, 0);
  v128.store32_lane(address + 8, twelve, 2);
}

/** The columns right of `wide`, and of the others the rows below `high`. */
function transposeRest(
  bytes: usize,
  source: usize,
  sourceStride: usize,
  width: usize,
  height: usize,
  target: usize,
  targetStride: usize,
  wide: usize,
  high: usize,
): void {
  const right = source + bytes * wide;
  transposeScalar(
    bytes,
    right,
    sourceStride,
    width - wide,
    height,
    target + wide * targetStride,
    targetStride,
  );
  const below = source + high * sourceStride;
  transposeScalar(bytes, below, sourceStride, wide, height - high, target + bytes * high, targetStride);
}

/**
 * Chrominance at lower resolution, as libjpeg takes it (jcsample.c). 4:2:0, at half the resolution both ways (4:2:0): the mean of 2 × 2 samples, as libjpeg's h2v2_downsample
 * takes it. Halves would always go the same way; the bias of 1, 2, 1, 2 … of a quarter along the row sends
 * them up and down by turns. 4:2:2, half the columns: the mean of two, h2v1_downsample, with a bias of 0, 1, 0, 1 … of a half.
 */

/** Two rows of 2 · `width` samples → one row of `width`, which is a multiple of 8. */
export function downsampleRows(upper: usize, lower: usize, width: usize, output: usize): void {
  if (ASC_FEATURE_SIMD) downsampleSimd(upper, lower, width, output);
  else downsampleScalar(upper, lower, width, output);
}

function downsampleScalar(upper: usize, lower: usize, width: usize, output: usize): void {
  let bias: u32 = 1;
  for (let x: usize = 0; x < width; x++) {
    const above = <u32>load<u8>(upper + 2 * x) + <u32>load<u8>(upper + 2 * x, 1);
    const below = <u32>load<u8>(lower + 2 * x) + <u32>load<u8>(lower + 2 * x, 1);
    store<u8>(output + x, <u8>((above + below + bias) >> 2));
    bias ^= 3;
  }
}

function downsampleSimd(upper: usize, lower: usize, width: usize, output: usize): void {
  const even = i16x8.splat(0x00ff);
  const odd = i16x8.splat(-0x0100);
  const bias = i16x8(64, 128, 64, 128, 64, 128, 64, 128);
  for (let x: usize = 0; x < width; x += 8) {
    const above = v128.load(upper + 2 * x);
    const below = v128.load(lower + 2 * x);
    // The left samples of a pair are the lower bytes of its lane: their sum. The right ones stand 256 times too large;
    // the mean of two such is 128 times their sum, without a remainder and without overflow.
    const left = i16x8.add(v128.and(above, even), v128.and(below, even));
    const right = i16x8.avgr_u(v128.and(above, odd), v128.and(below, odd));
    // 64 · (sum of four + bias), at most 65408: the upper byte is the mean
    const mean = i16x8.add(i16x8.avgr_u(i16x8.mul(left, i16x8.splat(128)), right), bias);
    const bytes = i8x16.shuffle(mean, mean, 1, 3, 5, 7, 9, 11, 13, 15, 1, 3, 5, 7, 9, 11, 13, 15);
    v128.store64_lane(output + x, bytes, 0);
  }
}

/** One row of 2 · `width` samples → one of `width`, which is a multiple of 8. */
export function downsamplePairs(row: usize, width: usize, output: usize): void {
  if (ASC_FEATURE_SIMD) pairsSimd(row, width, output);
  else pairsScalar(row, width, output);
}

function pairsScalar(row: usize, width: usize, output: usize): void {
  for (let x: usize = 0; x < width; x++) {
    const sum = <u32>load<u8>(row + 2 * x) + <u32>load<u8>(row + 2 * x, 1);
    store<u8>(output + x, <u8>((sum + <u32>(x & 1)) >> 1));
  }
}

function pairsSimd(row: usize, width: usize, output: usize): void {
  const even = i16x8.splat(0x00ff);
  const odd = i16x8.splat(-0x0100);
  const bias = i16x8(0, 128, 0, 128, 0, 128, 0, 128);
  for (let x: usize = 0; x < width; x += 8) {
    const pairs = v128.load(row + 2 * x);
    // both as 256 times the sample: their mean is 128 times the sum, without a remainder, at most 65280
    const left = i16x8.mul(v128.and(pairs, even), i16x8.splat(256));
    const mean = i16x8.add(i16x8.avgr_u(left, v128.and(pairs, odd)), bias);
    const bytes = i8x16.shuffle(mean, mean, 1, 3, 5, 7, 9, 11, 13, 15, 1, 3, 5, 7, 9, 11, 13, 15);
    v128.store64_lane(output + x, bytes, 0);
  }
}

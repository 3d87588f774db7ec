/**
 * Chrominance at half the resolution both ways (4:2:0): the mean of 2 × 2 samples, as libjpeg's h2v2_downsample
 * (jcsample.c) takes it. Halves would always go the same way; the bias of 1, 2, 1, 2 … of a quarter along the row sends
 * them up and down by turns.
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
  const bias = i16x8(1, 2, 1, 2, 1, 2, 1, 2);
  for (let x: usize = 0; x < width; x += 8) {
    const above = i16x8.extadd_pairwise_i8x16_u(v128.load(upper + 2 * x));
    const below = i16x8.extadd_pairwise_i8x16_u(v128.load(lower + 2 * x));
    const mean = i16x8.shr_u(i16x8.add(i16x8.add(above, below), bias), 2);
    v128.store64_lane(output + x, i8x16.narrow_i16x8_u(mean, mean), 0);
  }
}

/** A row of RGB → a row each of Y, Cb and Cr; the arithmetic is in ycc-weights.ts. */
import { rowScalar } from "./ycc-scalar";
import { LANES, interleavedSimd, planarSimd } from "./ycc-simd";

/**
 * One row of `width` pixels, R G B R G B … at `rgb`, to `width` samples each at y, cb, cr. Reads exactly 3 · width bytes.
 */
export function interleavedToYcc(rgb: usize, width: usize, y: usize, cb: usize, cr: usize): void {
  if (ASC_FEATURE_SIMD && width >= LANES) interleavedSimd(rgb, width, y, cb, cr);
  else rowScalar(rgb, rgb + 1, rgb + 2, 3, width, y, cb, cr);
}

/** The same from three rows of one colour each. Reads exactly `width` bytes of each. */
export function planarToYcc(
  r: usize,
  g: usize,
  b: usize,
  width: usize,
  y: usize,
  cb: usize,
  cr: usize,
): void {
  if (ASC_FEATURE_SIMD && width >= LANES) planarSimd(r, g, b, width, y, cb, cr);
  else rowScalar(r, g, b, 1, width, y, cb, cr);
}

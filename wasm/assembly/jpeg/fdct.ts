/**
 * Forward DCT of 8 × 8 samples: the accurate integer method of Loeffler, Ligtenberg and Moschytz as the IJG wrote it
 * (libjpeg's jfdctint.c, "islow"), result for result. The definition is T.81 A.3.3; outputs are 8 times larger than it
 * says, which quantisation takes out. Samples are read as they are: the level shift by 128 (A.3.1) happens inside.
 */
import { fdctScalar } from "./fdct-scalar";
import { fdctSimd } from "./fdct-simd";

/** Transforms the 8 × 8 u8 at `source`, rows `stride` bytes apart, to 64 i16 in natural order at `block`. */
export function fdct(source: usize, stride: usize, block: usize): void {
  if (ASC_FEATURE_SIMD) fdctSimd(source, stride, block);
  else fdctScalar(source, stride, block);
}

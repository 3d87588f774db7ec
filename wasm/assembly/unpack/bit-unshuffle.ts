/**
 * Bits back to their elements: undoes bitshuffle (Masui; bitshuffle_core.c), on which bslz4 and Blosc's bit shuffle rest.
 *
 *   shuffled:  row k = bit k of every element, least significant bit first, count / 8 bytes each; 8 × bytes rows
 *              row 0 │ element 7 … 0 │ 15 … 8 │ …
 *              row 1 │
 */
import { bitUnshuffleScalar } from "./bit-unshuffle-scalar";
import { bitUnshuffleSimd } from "./bit-unshuffle-simd";

/** `count` elements (a multiple of 8) of `bytes` each from source to target, which do not overlap. */
export function bitUnshuffle(bytes: usize, source: usize, count: usize, target: usize): void {
  const row = count >> 3;
  if (ASC_FEATURE_SIMD) bitUnshuffleSimd(bytes, source, row, target);
  else bitUnshuffleScalar(bytes, source, row, 0, target);
}

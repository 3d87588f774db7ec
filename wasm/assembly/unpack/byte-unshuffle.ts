/**
 * Bytes back to their elements: undoes the byte shuffle of Blosc and HDF5.
 *
 *   shuffled:  all first bytes │ all second bytes │ …
 */
import { byteUnshuffleScalar } from "./byte-unshuffle-scalar";
import { byteUnshuffleSimd } from "./byte-unshuffle-simd";

/** `count` elements of `bytes` each from source to target, which do not overlap. */
export function byteUnshuffle(bytes: usize, source: usize, count: usize, target: usize): void {
  if (ASC_FEATURE_SIMD) byteUnshuffleSimd(bytes, source, count, target);
  else byteUnshuffleScalar(bytes, source, count, 0, target);
}

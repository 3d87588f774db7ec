/** YUV of 8 bits to three planes of R, G and B (RGB3). */
import { Result } from "../abi";
import { yuvToRgbScalar } from "./yuv-scalar";
import { yuvToRgbSimd } from "./yuv-simd";

/**
 * Writes 3 × width × height bytes at `target`. Groups run on from row to row without gaps.
 *
 * @param groupPixels pixels that share U and V: 1 (U Y V, YUV444), 2 (U Y V Y, YUV422) or 4 (U Y Y V Y Y, YUV411). A
 *   width that is no multiple of it is refused.
 */
export function yuvToRgb(groupPixels: u32, source: usize, width: u32, height: u32, target: usize): i32 {
  if (groupPixels != 1 && groupPixels != 2 && groupPixels != 4) return Result.BAD_OPTION;
  if (width == 0 || height == 0 || width % groupPixels != 0) return Result.BAD_SIZE;
  const pixels = usize(width) * height;
  const groups = pixels / groupPixels;
  const green = target + pixels;
  const blue = green + pixels;
  if (ASC_FEATURE_SIMD) yuvToRgbSimd(source, groupPixels, groups, target, green, blue);
  else yuvToRgbScalar(source, groupPixels, groups, target, green, blue);
  return Result.OK;
}

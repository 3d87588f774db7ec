/** 8-bit samples of any colour mode to what a canvas takes. */
import { Colour, Result } from "../abi";
import { toRgbaScalar } from "./rgba-scalar";
import { interleavedToRgbaSimd, planesToRgbaSimd } from "./rgba-simd";

/** Writes width × height × 4 bytes, R G B A with A = 255, at `target`, which must not overlap `source`. */
export function toRgba(colourMode: i32, source: usize, width: u32, height: u32, target: usize): i32 {
  if (width == 0 || height == 0) return Result.BAD_SIZE;
  const row: usize = width;
  const pixels = row * height;
  switch (colourMode) {
    case Colour.MONO:
      planesToRgba(source, source, source, pixels, target);
      return Result.OK;
    case Colour.RGB1:
      if (ASC_FEATURE_SIMD) interleavedToRgbaSimd(source, pixels, target);
      else toRgbaScalar(source, source + 1, source + 2, 3, pixels, target);
      return Result.OK;
    case Colour.RGB2:
      for (let y: u32 = 0; y < height; y++, source += 3 * row, target += 4 * row) {
        planesToRgba(source, source + row, source + 2 * row, row, target);
      }
      return Result.OK;
    case Colour.RGB3:
      planesToRgba(source, source + pixels, source + 2 * pixels, pixels, target);
      return Result.OK;
    default:
      return Result.BAD_COLOUR_MODE;
  }
}

function planesToRgba(red: usize, green: usize, blue: usize, count: usize, target: usize): void {
  if (ASC_FEATURE_SIMD) planesToRgbaSimd(red, green, blue, count, target);
  else toRgbaScalar(red, green, blue, 1, count, target);
}

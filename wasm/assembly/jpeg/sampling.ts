/**
 * How a picture falls into MCUs (T.81 A.2). Samples of luminance an MCU has, and its blocks in the order of the scan:
 *
 *     grey   8 × 8   Y            4:4:4   8 × 8    Y Cb Cr
 *     4:2:2  16 × 8  Y Y Cb Cr    4:2:0   16 × 16  Y Y Y Y Cb Cr
 */
import { Colour } from "../abi";

export function isGrey(colourMode: i32): bool {
  return colourMode == Colour.MONO;
}

export function mcuWidthOf(colourMode: i32, subsampling: i32): i32 {
  return isGrey(colourMode) || subsampling == 444 ? 8 : 16;
}

export function mcuHeightOf(colourMode: i32, subsampling: i32): i32 {
  return isGrey(colourMode) || subsampling != 420 ? 8 : 16;
}

export function blocksPerMcuOf(colourMode: i32, subsampling: i32): i32 {
  if (isGrey(colourMode)) return 1;
  return (mcuWidthOf(colourMode, subsampling) * mcuHeightOf(colourMode, subsampling)) / 64 + 2;
}

export function mcusAlong(samples: i32, mcuSide: i32): i32 {
  return (samples + mcuSide - 1) / mcuSide;
}

/** Blocks of the whole scan; more than 32 bits can count is possible. */
export function countBlocks(width: i32, height: i32, colourMode: i32, subsampling: i32): u64 {
  const columns = <u64>mcusAlong(width, mcuWidthOf(colourMode, subsampling));
  const rows = <u64>mcusAlong(height, mcuHeightOf(colourMode, subsampling));
  return columns * rows * <u64>blocksPerMcuOf(colourMode, subsampling);
}

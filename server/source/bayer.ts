import { BAYER_PATTERNS, type BayerPattern } from "../../wasm/core/index.ts";

/** One axis of an array as `dimension` has it; offset in sensor pixels. */
export interface Axis {
  readonly size: number;
  readonly offset: number;
  readonly reverse: boolean;
}

/**
 * The pattern at the first pixel of an array. As in NDPluginColorConvert, the attribute is that of sensor pixel 0, 0 and
 * the offsets of a region of interest move it; unlike there, so does a reversed axis, whose first pixel is the last of the
 * sensor's.
 *
 *     pattern   0 rggb   1 gbrg   2 grbg   3 bggr      bit 0: a row further down   bit 1: a column further right
 *
 * @param pattern the attribute BayerPattern (ADCore, NDArray.h); undefined, or a number it does not have, is rggb
 */
export function bayerAt(pattern: number | undefined, x: Axis | undefined, y: Axis | undefined): BayerPattern {
  const sensor = pattern !== undefined && pattern in BAYER_PATTERNS ? pattern : 0;
  const moved = (2 * parity(x)) | parity(y);
  return BAYER_PATTERNS[sensor ^ moved]!;
}

/** Whether the first pixel lies on an odd one of the sensor. */
function parity(axis: Axis | undefined): 0 | 1 {
  if (axis === undefined) return 0;
  const first = axis.offset + (axis.reverse ? axis.size - 1 : 0);
  return (first & 1) as 0 | 1;
}

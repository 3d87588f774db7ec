/** Painting pixels that the range leaves out. */
import { COLOUR_CODE, sampleCode } from "./abi.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import type { AppliedRange } from "./range.ts";

/**
 * Paints a finished 8-bit picture: red where a sample is above the range, else blue where one is below it, NaN or infinite.
 * In colours any of the three will do. A sample at an end of the range is inside it.
 *
 * @param samples what the picture was made of, in the same order of pixels
 * @param picture the address of an `rgb1` picture if the samples are `mono`, else of one in the samples' mode
 */
export function paintOutside(
  { exports }: Engine,
  samples: Samples,
  { low, high }: AppliedRange,
  picture: number,
): void {
  const { address, width, height, sampleType, colourMode } = samples;
  const [code, mode] = [sampleCode(sampleType), COLOUR_CODE[colourMode]];
  accept(exports.paintOutside(code, mode, address, width, height, low, high, picture), "paintOutside");
}

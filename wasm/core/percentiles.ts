/** The range between two percentiles of samples. */
import { sampleCode } from "./abi.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { samplesPerPixel } from "./frame.ts";
import type { Measurement } from "./range.ts";

/**
 * The samples at two percentiles, exact for every type: numpy.percentile of the finite ones, with method "lower" for the
 * low one and "higher" for the high one.
 *
 * @param low, high in percent, 0 ≤ low ≤ high ≤ 100
 * @returns low > high if no sample was finite
 * @throws CoreError out-of-memory
 */
export function measurePercentiles(
  { exports, memory }: Engine,
  samples: Samples,
  low: number,
  high: number,
): Measurement {
  const { address, width, height, sampleType, colourMode } = samples;
  const count = width * height * samplesPerPixel(colourMode);
  const workspace = memory.take(exports.percentileWorkspaceBytes());
  const code = sampleCode(sampleType);
  accept(exports.percentiles(code, address, count, low / 100, high / 100, workspace), "percentiles");
  const found = memory.words(exports.measurementAddress() >>> 0, 16);
  return { low: found.getFloat64(0, true), high: found.getFloat64(8, true) };
}

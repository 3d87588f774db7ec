/** What samples are, before any range: for those who ask. */
import { sampleCode } from "./abi.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { samplesPerPixel } from "./frame.ts";
import type { Statistics } from "./picture.ts";
import type { Measurement } from "./range.ts";

const BINS = 256;

/**
 * Counts samples in one pass over them.
 *
 * @param measured their extremes, as `measure` found them: low > high if none is finite
 * @throws CoreError out-of-memory
 */
export function statisticsOf(
  { exports, memory }: Engine,
  samples: Samples,
  measured: Measurement,
): Statistics {
  const { address, width, height, sampleType, colourMode } = samples;
  const count = width * height * samplesPerPixel(colourMode);
  const bytes = exports.tallyBytes();
  const target = memory.take(bytes);
  const empty = measured.low > measured.high;
  const [low, high] = empty ? [0, 0] : [measured.low, measured.high];
  accept(exports.tally(sampleCode(sampleType), address, count, low, high, target), "tally");
  const found = memory.words(target, bytes);
  return {
    min: empty ? NaN : low,
    max: empty ? NaN : high,
    mean: found.getFloat64(0, true),
    count: found.getFloat64(8, true),
    histogram: Uint32Array.from({ length: BINS }, (_, bin) => found.getUint32(16 + 4 * bin, true)),
  };
}

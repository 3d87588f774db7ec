/** Bayer mosaics become pictures in colours. */
import { sampleCode } from "./abi.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { BAYER_PATTERNS, bytesPerSample } from "./frame.ts";
import type { BayerPattern, FrameMode } from "./frame.ts";

/**
 * Bilinear, each colour a plane of its own (`rgb3`), samples of the same type. That layout costs the kernel no shuffles.
 *
 * @param mosaic one sample a pixel, in a region that is not touched
 * @param pattern of its first two pixels of the first two rows
 * @throws CoreError out-of-memory
 */
export function demosaic(
  { exports, memory }: Engine,
  mosaic: Samples<FrameMode>,
  pattern: BayerPattern,
): Samples {
  const { address, width, height, sampleType } = mosaic;
  const target = memory.take(3 * width * height * bytesPerSample(sampleType));
  const code = BAYER_PATTERNS.indexOf(pattern);
  accept(exports.demosaic(sampleCode(sampleType), code, address, width, height, target), "demosaic");
  return { ...mosaic, address: target, colourMode: "rgb3" };
}

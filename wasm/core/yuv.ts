/** YUV samples become pictures in colours. */
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { pixelsPerGroup } from "./frame.ts";
import type { FrameMode } from "./frame.ts";

/**
 * Full-range BT.601, each colour a plane of its own (`rgb3`), `uint8` whatever the frame calls its bytes.
 *
 * @param samples bytes of yuv444 (U Y V), yuv422 (U Y V Y) or yuv411 (U Y Y V Y Y), rows of whole groups
 * @throws CoreError out-of-memory
 */
export function yuvToRgb({ exports, memory }: Engine, samples: Samples<FrameMode>): Samples {
  const { address, width, height, colourMode } = samples;
  const target = memory.take(3 * width * height);
  accept(exports.yuvToRgb(pixelsPerGroup(colourMode), address, width, height, target), "yuvToRgb");
  return { width, height, address: target, sampleType: "uint8", colourMode: "rgb3" };
}

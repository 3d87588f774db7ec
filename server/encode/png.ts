import { encode } from "fast-png";
import type { Core } from "../../wasm/core/index.ts";
import type { PngFacts } from "./snapshot-files.ts";
import type { PngMessage } from "./messages.ts";

/** Fast rather than small: detectors' noise hardly compresses, and somebody waits. */
const ZLIB_LEVEL = 3;

/**
 * The frame as a PNG file of 8 or 16 bits, in a buffer of its own. Its text tells which frame it is where the recipe asks
 * for a comment.
 *
 * @throws FrameError, RecipeError, UnpackError, CoreError when the frame cannot be drawn
 */
export function writePng(
  { frame, recipe, options }: PngMessage,
  core: Core,
): { readonly png: Uint8Array; readonly facts: PngFacts } {
  const { samples, width, height, channels, ...facts } = core.toPngSource(frame, recipe);
  const { depth } = facts;
  const text = options.comment === undefined ? {} : { text: { Comment: options.comment } };
  const picture = { width, height, channels, depth, data: samples, ...text };
  return { png: encode(picture, { zlib: { level: ZLIB_LEVEL } }), facts };
}

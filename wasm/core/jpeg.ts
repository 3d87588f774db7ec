/** Fills the core's JPEG job block and finds an output region that is large enough. */
import { COLOUR_CODE, JPEG_JOB_WORDS, RESULT } from "./abi.ts";
import type { CoreExports } from "./abi.ts";
import { CoreError } from "./errors.ts";
import { samplesPerPixel } from "./frame.ts";
import type { PictureShape } from "./frame.ts";
import type { JobMemory } from "./job-memory.ts";
import type { Recipe } from "./recipe.ts";

/**
 * libjpeg's JPEG_MAX_DIMENSION (jmorecfg.h). The format says up to 65535 (ITU-T T.81, B.2.2), but browsers decode with
 * libjpeg and show nothing of a larger one.
 */
const LARGEST_SIDE = 65500;

/** Room for the tables and then some. */
const HEADROOM = 65536;

/**
 * Encodes 8-bit samples that lie at `source` in the picture's layout.
 *
 * @returns the file, a view of the core's memory
 * @throws CoreError too-large-for-jpeg, out-of-memory
 */
export function encodeSamples(
  exports: CoreExports,
  memory: JobMemory,
  source: number,
  picture: PictureShape,
  recipe: Recipe,
): Uint8Array<ArrayBuffer> {
  const { width, height } = picture;
  const longest = Math.max(width, height);
  if (longest > LARGEST_SIDE) {
    const message = `${width} × ${height} pixels: browsers show a JPEG of at most ${LARGEST_SIDE} a side`;
    throw new CoreError("too-large-for-jpeg", message, { have: longest, need: LARGEST_SIDE });
  }
  const colourMode = COLOUR_CODE[picture.colourMode];
  const subsampling = Number(recipe.subsampling);
  const workspace = memory.take(exports.jpegWorkspaceBytes(width, colourMode, subsampling));
  const bound = exports.jpegBoundBytes(width, height, colourMode, subsampling);
  // Files are nearly always below a byte a sample; the bound is far above and would waste memory.
  const guess = Math.min(bound, width * height * samplesPerPixel(picture.colourMode) + HEADROOM);
  const output = memory.take(guess);
  // What a frame before this one needed is still there: noise is not encoded twice over and over.
  let capacity = memory.stretchLast(output, bound);
  for (;;) {
    const { quality } = recipe;
    const job = { source, width, height, colourMode, quality, subsampling, workspace, output, capacity };
    const block = memory.words(exports.jpegJobAddress() >>> 0, 4 * JPEG_JOB_WORDS.length);
    JPEG_JOB_WORDS.forEach((word, index) => block.setUint32(4 * index, job[word], true));
    const result = exports.encodeJpeg();
    if (result >= 0) return memory.view(output, result);
    if (result !== RESULT.outputFull || capacity >= bound) {
      throw new CoreError("refused", `the core refused encodeJpeg with result ${result}`, { have: result });
    }
    capacity = Math.min(bound, 2 * capacity);
    memory.resizeLast(output, capacity);
  }
}

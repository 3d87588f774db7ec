/** Writes JPEG files: whole pictures, and stripes of them that join to one. */
import { COLOUR_CODE, RESULT, sampleCode } from "./abi.ts";
import type { CoreExports } from "./abi.ts";
import { CoreError } from "./errors.ts";
import { samplesPerPixel } from "./frame.ts";
import type { PictureShape, SampleType } from "./frame.ts";
import type { JobMemory } from "./job-memory.ts";
import { HUFFMAN_BYTES, HUFFMAN_COUNTERS, fitHuffmanTables } from "./jpeg-huffman.ts";
import { runJpegJob } from "./jpeg-job.ts";
import type { JpegJob } from "./jpeg-job.ts";
import type { Recipe } from "./recipe.ts";

/**
 * libjpeg's JPEG_MAX_DIMENSION (jmorecfg.h). The format says up to 65535 (ITU-T T.81, B.2.2), but browsers decode with
 * libjpeg and show nothing of a larger one.
 */
const LARGEST_SIDE = 65500;

/** Room for the tables and then some. */
const HEADROOM = 65536;

/** The longest COM segment (T.81 B.2.4.5). */
const LONGEST_COMMENT = 65533;

/** Samples of another type than 8-bit levels: they are scaled on their way, a few rows at a time. */
export interface Unscaled {
  readonly sampleType: SampleType;
  /** As `scale` takes them: what safeRange answers. */
  readonly low: number;
  readonly high: number;
}

/** Rows of MCUs of a picture of `height` pixels; the samples handed in are those of these rows alone. */
export interface StripeRows {
  readonly firstRow: number;
  readonly endRow: number;
  readonly height: number;
}

/** What may be asked of a file besides its pixels. */
export interface JpegOptions {
  /** The samples are not levels yet. */
  readonly unscaled?: Unscaled | undefined;
  /** Dots per inch; absent: none is told. Brought into 1…65535. */
  readonly density?: number | undefined;
  /** Text of a COM segment, as UTF-8 at most 65533 bytes. */
  readonly comment?: string | undefined;
  /** Counts of the picture before, to fit the Huffman tables to; absent: the tables of T.81 Annex K. */
  readonly fitTo?: Uint32Array | undefined;
  /** Whether symbols are counted, for the next picture. */
  readonly count?: boolean | undefined;
  /** With it, a restart marker after every row of MCUs, and only these rows are written. */
  readonly stripe?: StripeRows | undefined;
}

/** A file, or a stripe of one. */
export interface WrittenJpeg {
  /** A view of the core's memory. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
  /** A copy; where `count` was asked. */
  readonly counts?: Uint32Array;
}

/**
 * Encodes samples that lie at `source` in the picture's layout.
 *
 * @param picture of the samples at `source`; with a stripe, of its rows
 * @throws CoreError too-large-for-jpeg, too-large (the comment), out-of-memory
 */
export function writeJpeg(
  exports: CoreExports,
  memory: JobMemory,
  source: number,
  picture: PictureShape,
  recipe: Recipe,
  options: JpegOptions = {},
): WrittenJpeg {
  const { unscaled, stripe, fitTo, count = false } = options;
  const { width } = picture;
  const height = stripe?.height ?? picture.height;
  checkSides(width, height);
  const colourMode = COLOUR_CODE[picture.colourMode];
  const subsampling = Number(recipe.subsampling);
  const comment = new TextEncoder().encode(options.comment ?? "");
  if (comment.length > LONGEST_COMMENT) {
    const message = `a comment of ${comment.length} bytes: a JPEG takes ${LONGEST_COMMENT}`;
    throw new CoreError("too-large", message, { have: comment.length, need: LONGEST_COMMENT });
  }
  const texts = memory.take(comment.length);
  const tables = fitTo === undefined ? 0 : memory.take(HUFFMAN_BYTES);
  const counts = count ? memory.take(4 * HUFFMAN_COUNTERS) : 0;
  const workspace = memory.take(exports.jpegWorkspaceBytes(width, colourMode, subsampling));
  const bound = exports.jpegBoundBytes(width, picture.height, colourMode, subsampling) + 4 + comment.length;
  const least = width * picture.height * samplesPerPixel(picture.colourMode) + HEADROOM;
  const jpeg = withOutput(memory, least, bound, (output, capacity) => {
    memory.view(texts, comment.length).set(comment);
    if (fitTo !== undefined)
      memory.view(tables, HUFFMAN_BYTES).set(fitHuffmanTables(fitTo, colourMode === 0 ? 1 : 2));
    return runJpegJob(exports, {
      source,
      width,
      height,
      colourMode,
      quality: recipe.quality,
      subsampling,
      workspace,
      output,
      capacity,
      comment: texts,
      commentBytes: comment.length,
      huffman: tables,
      counts,
      ...densityWords(options.density),
      ...scalingWords(unscaled),
      ...(stripe === undefined ? {} : { restart: 1, firstRow: stripe.firstRow, endRow: stripe.endRow }),
    });
  });
  if (!count) return { jpeg };
  return { jpeg, counts: new Uint32Array(memory.view(counts, 4 * HUFFMAN_COUNTERS).slice().buffer) };
}

function checkSides(width: number, height: number): void {
  const longest = Math.max(width, height);
  if (longest <= LARGEST_SIDE) return;
  const message = `${width} × ${height} pixels: browsers show a JPEG of at most ${LARGEST_SIDE} a side`;
  throw new CoreError("too-large-for-jpeg", message, { have: longest, need: LARGEST_SIDE });
}

function densityWords(density: number | undefined): Partial<JpegJob> {
  if (density === undefined) return {};
  const dots = Math.min(Math.max(Math.round(density), 1), 65535);
  return { densityUnit: 1, densityX: dots, densityY: dots };
}

function scalingWords(unscaled: Unscaled | undefined): Partial<JpegJob> {
  if (unscaled === undefined) return {};
  const { sampleType, low, high } = unscaled;
  return { scaled: 1, sampleType: sampleCode(sampleType), low, high };
}

/**
 * Runs an encoder with more and more room until its file fits. Files are nearly always below a byte a sample; the bound is
 * far above and would waste memory.
 */
function withOutput(
  memory: JobMemory,
  least: number,
  bound: number,
  encode: (output: number, capacity: number) => number,
): Uint8Array<ArrayBuffer> {
  const output = memory.take(Math.min(bound, least));
  // What a frame before this one needed is still there: noise is not encoded twice over and over.
  let capacity = memory.stretchLast(output, bound);
  for (;;) {
    const result = encode(output, capacity);
    if (result >= 0) return memory.view(output, result);
    if (result !== RESULT.outputFull || capacity >= bound) {
      throw new CoreError("refused", `the core refused encodeJpeg with result ${result}`, { have: result });
    }
    capacity = Math.min(bound, 2 * capacity);
    memory.resizeLast(output, capacity);
  }
}

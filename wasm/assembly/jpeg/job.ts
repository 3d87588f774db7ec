/**
 * What the host asks for: one block in the fixed region JPEG_JOB, u32 words but for two f64 at its end.
 *
 *      0 source       address of the samples of the rows to encode, laid out as the colour mode says, rows not padded;
 *                     only read. A stripe's source holds the stripe's rows and no others, of all three planes for RGB3
 *      4 width        pixels, 1…65535
 *      8 height       pixels of the whole picture, 1…65535
 *     12 colourMode   Colour.MONO, RGB1, RGB2 or RGB3
 *     16 quality      1…100
 *     20 subsampling  420, 422 or 444; of no effect on grey
 *     24 workspace    address on 16, jpegWorkspaceBytes() long; need not survive from call to call
 *     28 output       address
 *     32 capacity     bytes at output; nothing is written beyond
 *     36 sampleType   Sample.*; anything but 8-bit levels is scaled row by row, right before it is encoded
 *     40 scaled       1: samples are of sampleType and become levels from `low` to `high`; 0: they are levels, type unread
 *     44 densityUnit  of the JFIF header: 0 none, 1 dots per inch, 2 dots per centimetre
 *     48 densityX     1…65535; 1 with unit 0
 *     52 densityY
 *     56 comment      address of the bytes of a COM segment
 *     60 commentBytes 0 (no such segment) … 65533
 *     64 huffman      address of four specifications (see below), or 0: the tables of T.81 Annex K
 *     68 counts       address of 4 × 256 u32 on 4, or 0. Filled with how often symbols were needed, in a sample of
 *                     the blocks: DC and AC of luminance, DC and AC of chrominance
 *     72 restart      1: a restart interval of one row of MCUs; 0: none
 *     76 firstRow     first row of MCUs to encode, and the first that is not; 0, 0 are all. A part of the picture wants
 *     80 endRow       restart = 1. The header goes before row 0, EOI after the last, and parts joined are the whole file
 *     84 (none)
 *     88 low          f64, as scale() takes it
 *     96 high         f64
 *
 * A specification of `huffman` is SPECIFICATION_BYTES from the next: 16 counts of codes by length 1…16, then the symbols,
 * as DHT carries them (T.81 B.2.4.2). Each names every symbol a baseline file can need: 12 for DC, 162 for AC.
 * All regions must not overlap.
 */
import { Colour, Result, Sample } from "../abi";
import { mcuHeightOf, mcusAlong } from "./sampling";

@unmanaged
export class Job {
  source: u32;
  width: i32;
  height: i32;
  colourMode: i32;
  quality: i32;
  subsampling: i32;
  workspace: u32;
  output: u32;
  capacity: u32;
  sampleType: i32;
  scaled: i32;
  densityUnit: i32;
  densityX: i32;
  densityY: i32;
  comment: u32;
  commentBytes: u32;
  huffman: u32;
  counts: u32;
  restart: i32;
  firstRow: i32;
  endRow: i32;
  none: u32;
  low: f64;
  high: f64;
}

/** From one Huffman specification of the host to the next. */
export const SPECIFICATION_BYTES: usize = 272;

/** Symbols of a baseline file: sizes 0…11 of DC; sizes 1…10 after runs of 0…15, end of block and ZRL of AC. */
const DC_SYMBOLS: i32 = 12;
const AC_SYMBOLS: i32 = 162;

/** The format's own limit (T.81 table B.2: X and Y are 16 bits). */
const SIDE_MAX: i32 = 65535;

/** A segment's length is 16 bits and counts itself. */
const COMMENT_MAX: u32 = 65533;

/** Result.OK, or what is wrong with the job. The range of a scaled job is scale()'s to judge. */
export function checkJob(job: Job): i32 {
  if (!isSide(job.width) || !isSide(job.height)) return Result.BAD_SIZE;
  if (!isColourMode(job.colourMode)) return Result.BAD_COLOUR_MODE;
  if (job.scaled != 0 && (job.sampleType < Sample.INT8 || job.sampleType > Sample.FLOAT64)) {
    return Result.BAD_SAMPLE_TYPE;
  }
  return hasGoodOptions(job) && hasGoodRows(job) ? Result.OK : Result.BAD_OPTION;
}

function hasGoodOptions(job: Job): bool {
  if (job.quality < 1 || job.quality > 100) return false;
  if (job.subsampling != 420 && job.subsampling != 422 && job.subsampling != 444) return false;
  if (job.densityUnit < 0 || job.densityUnit > 2 || !isSide(job.densityX) || !isSide(job.densityY))
    return false;
  return job.commentBytes <= COMMENT_MAX && (job.huffman == 0 || hasGoodTables(job));
}

/** Parts of a picture must begin and end where the entropy coder starts anew. */
function hasGoodRows(job: Job): bool {
  const rows = mcusAlong(job.height, mcuHeightOf(job.colourMode, job.subsampling));
  if (job.firstRow == 0 && (job.endRow == 0 || job.endRow == rows)) return true;
  return job.restart != 0 && job.firstRow >= 0 && job.firstRow < job.endRow && job.endRow <= rows;
}

function hasGoodTables(job: Job): bool {
  const tables = job.colourMode == Colour.MONO ? 2 : 4;
  for (let i = 0; i < tables; i++) {
    const wanted = (i & 1) == 0 ? DC_SYMBOLS : AC_SYMBOLS;
    if (symbolsOf(<usize>job.huffman + <usize>i * SPECIFICATION_BYTES) != wanted) return false;
  }
  return true;
}

/** How many symbols a Huffman specification has. */
export function symbolsOf(specification: usize): i32 {
  let symbols = 0;
  for (let i: usize = 0; i < 16; i++) symbols += load<u8>(specification + i);
  return symbols;
}

function isSide(value: i32): bool {
  return value >= 1 && value <= SIDE_MAX;
}

function isColourMode(mode: i32): bool {
  return mode == Colour.MONO || mode == Colour.RGB1 || mode == Colour.RGB2 || mode == Colour.RGB3;
}

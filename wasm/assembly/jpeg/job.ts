/**
 * What the host asks for: one block of u32 words in the fixed region JPEG_JOB.
 *
 *      0 source       address of the 8-bit samples, laid out as the colour mode says, rows not padded; only read
 *      4 width        pixels, 1…65535
 *      8 height       pixels, 1…65535
 *     12 colourMode   Colour.MONO, RGB1, RGB2 or RGB3
 *     16 quality      1…100
 *     20 subsampling  420 or 444; of no effect on grey
 *     24 workspace    address on 16, jpegWorkspaceBytes() long; need not survive from call to call
 *     28 output       address
 *     32 capacity     bytes at output; nothing is written beyond
 *
 * The three regions must not overlap.
 */
import { Colour, Result } from "../abi";

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
}

/** The format's own limit (T.81 table B.2: X and Y are 16 bits). */
export const SIDE_MAX: i32 = 65535;

export const SUBSAMPLED: i32 = 420;
export const FULL_COLOUR: i32 = 444;

/** Result.OK, or what is wrong with the job. */
export function checkJob(job: Job): i32 {
  if (job.width < 1 || job.width > SIDE_MAX || job.height < 1 || job.height > SIDE_MAX)
    return Result.BAD_SIZE;
  if (!isColourMode(job.colourMode)) return Result.BAD_COLOUR_MODE;
  if (job.quality < 1 || job.quality > 100) return Result.BAD_OPTION;
  if (job.subsampling != SUBSAMPLED && job.subsampling != FULL_COLOUR) return Result.BAD_OPTION;
  return Result.OK;
}

function isColourMode(mode: i32): bool {
  return mode == Colour.MONO || mode == Colour.RGB1 || mode == Colour.RGB2 || mode == Colour.RGB3;
}

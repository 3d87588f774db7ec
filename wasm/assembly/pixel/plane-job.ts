/**
 * What the host asks of orient(), resizeArea() and resizeNearest(): one block of u32 words in the fixed region PLANE_JOB.
 * Planes are rows of pixels; pixels are `channels` samples together.
 *
 *      0 source        address of the first row; only read
 *      4 sourceStride  bytes from a row to the next
 *      8 width         pixels
 *     12 height        rows
 *     16 target        address of the first row
 *     20 targetStride  bytes from a row to the next
 *     24 targetWidth   pixels; not looked at by orient()
 *     28 targetHeight  rows; not looked at by orient()
 *     32 sampleBytes   1 or 2
 *     36 channels      1 or 3
 *     40 turn          bits of Turn; only looked at by orient()
 *     44 workspace     resizeWorkspaceBytes() long, on 16; only used by resizeArea()
 *
 * Source, target and workspace must not overlap. Bytes between the rows of the target are not written.
 */
import { Result } from "../abi";
import { PLANE_JOB } from "../memory";

@unmanaged
export class PlaneJob {
  source: usize;
  sourceStride: usize;
  width: u32;
  height: u32;
  target: usize;
  targetStride: usize;
  targetWidth: u32;
  targetHeight: u32;
  sampleBytes: u32;
  channels: u32;
  turn: u32;
  workspace: usize;
}

/** How a picture is turned: rows become columns first, then the result is flipped. */
export namespace Turn {
  export const TRANSPOSE: u32 = 1;
  /** Left becomes right. */
  export const FLIP_X: u32 = 2;
  /** Top becomes bottom. */
  export const FLIP_Y: u32 = 4;
}

/** Address of the block. */
export function planeJobAddress(): usize {
  return PLANE_JOB;
}

export function planeJob(): PlaneJob {
  return changetype<PlaneJob>(PLANE_JOB);
}

/** What every job must hold to. */
export function checkPlanes(job: PlaneJob): i32 {
  if (job.width == 0 || job.height == 0) return Result.BAD_SIZE;
  if (job.sampleBytes != 1 && job.sampleBytes != 2) return Result.BAD_OPTION;
  return job.channels == 1 || job.channels == 3 ? Result.OK : Result.BAD_OPTION;
}

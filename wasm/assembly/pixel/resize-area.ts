/**
 * Smaller pictures: every target sample is the mean of the source area it covers, edges by their share, halves up.
 *
 * A side of n source pixels becomes m target pixels, n : m in lowest terms s : t. Every source pixel is then t parts
 * wide, and every target pixel s parts, so that all weights are whole. Down first, then across:
 *
 *     source rows ─→ sums │ u32 a column: weighted samples of the rows under one target row │ ─→ one target row
 *
 * A target sample is its sum over s · s' (rounded): integers throughout, so that both builds agree to the bit.
 */
import { Result } from "../abi";
import { PlaneJob, checkPlanes, planeJob } from "./plane-job";
import { sumAcrossScalar, sumDownScalar } from "./resize-area-scalar";
import { sumAcrossSimd, sumDownBytesSimd } from "./resize-area-simd";
import { MOST_IN_BOX, boxRowSimd } from "./resize-box-simd";

/** Vectors may be read this far beyond the last sum. */
const OVERREAD: usize = 16;

/** Bytes of workspace for a plane job. */
export function resizeWorkspaceBytes(width: u32, channels: u32): usize {
  return <usize>width * channels * 4 + OVERREAD;
}

/**
 * Carries out the plane job; no target side is longer than the source's.
 *
 * @returns BAD_SIZE also where sums pass 32 bits: more than 65537 rows of 16 bits or 16.8 million of 8
 */
export function resizeArea(): i32 {
  const job = planeJob();
  const verdict = checkPlanes(job);
  if (verdict != Result.OK) return verdict;
  if (job.targetWidth == 0 || job.targetWidth > job.width) return Result.BAD_SIZE;
  if (job.targetHeight == 0 || job.targetHeight > job.height) return Result.BAD_SIZE;
  const largest: u64 = job.sampleBytes == 1 ? 255 : 65535;
  if (largest * job.height > u32.MAX_VALUE) return Result.BAD_SIZE;
  if (ASC_FEATURE_SIMD && shrinkBoxes(job)) return Result.OK;
  if (job.sampleBytes == 1) shrink<u8>(job);
  else shrink<u16>(job);
  return Result.OK;
}

/** The case of most recipes, whole pixels under each target pixel; false where it is not. */
function shrinkBoxes(job: PlaneJob): bool {
  const columns = job.width / job.targetWidth;
  const rows = job.height / job.targetHeight;
  if (job.sampleBytes != 1 || <u64>columns * rows > MOST_IN_BOX) return false;
  if (columns * job.targetWidth != job.width || rows * job.targetHeight != job.height) return false;
  let source = job.source;
  let target = job.target;
  for (let y: u32 = 0; y < job.targetHeight; y++, target += job.targetStride) {
    boxRowSimd(job, columns, rows, source, target);
    source += <usize>rows * job.sourceStride;
  }
  return true;
}

function shrink<T>(job: PlaneJob): void {
  const down = greatestDivisor(job.height, job.targetHeight);
  const parts = job.height / down;
  const partsPerRow = job.targetHeight / down;
  const count = job.width * job.channels;
  for (let y: u32 = 0; y < job.targetHeight; y++) {
    // Where target row y begins, in parts.
    const start = <u64>y * parts;
    const first = <u32>(start / partsPerRow);
    const source = job.source + <usize>first * job.sourceStride;
    const skipped = <u32>(start % partsPerRow);
    sumDown<T>(source, job.sourceStride, count, partsPerRow, skipped, parts, job.workspace);
    sumAcross<T>(job, parts, job.target + <usize>y * job.targetStride);
  }
}

function sumDown<T>(
  source: usize,
  stride: usize,
  count: u32,
  partsPerRow: u32,
  skipped: u32,
  parts: u32,
  sums: usize,
): void {
  if (ASC_FEATURE_SIMD && sizeof<T>() == 1) {
    sumDownBytesSimd(source, stride, count, partsPerRow, skipped, parts, sums);
  } else sumDownScalar<T>(source, stride, count, partsPerRow, skipped, parts, sums);
}

function sumAcross<T>(job: PlaneJob, partsDown: u32, target: usize): void {
  const across = greatestDivisor(job.width, job.targetWidth);
  const parts = job.width / across;
  const partsPerPixel = job.targetWidth / across;
  if (ASC_FEATURE_SIMD && sizeof<T>() == 1) {
    if (sumAcrossSimd(job, partsPerPixel, parts, partsDown, target)) return;
  }
  sumAcrossScalar<T>(job, partsPerPixel, parts, partsDown, target);
}

function greatestDivisor(a: u32, b: u32): u32 {
  while (b != 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** Larger pictures: every target pixel is the source pixel under its middle. */
import { Result } from "../abi";
import { PlaneJob, checkPlanes, planeJob } from "./plane-job";

/**
 * Carries out the plane job; no target side is shorter than the source's. Target pixel x shows source pixel
 * floor((x + ½) · width / targetWidth), and rows alike.
 */
export function resizeNearest(): i32 {
  const job = planeJob();
  const verdict = checkPlanes(job);
  if (verdict != Result.OK) return verdict;
  if (job.targetWidth < job.width || job.targetHeight < job.height) return Result.BAD_SIZE;
  const rowBytes = <usize>job.targetWidth * job.sampleBytes * job.channels;
  const turn: u64 = 2 * <u64>job.targetHeight;
  let source = job.source;
  let target = job.target;
  // The middle of target row y, in parts of 1 / turn of a source row below `source`.
  let middle: u64 = job.height;
  let drawn: usize = 0;
  for (let y: u32 = 0; y < job.targetHeight; y++, target += job.targetStride) {
    // No more than one source row a turn: rows get no fewer.
    if (middle >= turn) {
      middle -= turn;
      source += job.sourceStride;
      drawn = 0;
    }
    if (drawn != 0) memory.copy(target, drawn, rowBytes);
    else widenRow(job, source, target);
    drawn = target;
    middle += 2 * <u64>job.height;
  }
  return Result.OK;
}

function widenRow(job: PlaneJob, source: usize, target: usize): void {
  const bytes = <usize>job.sampleBytes * job.channels;
  if (job.targetWidth == job.width) memory.copy(target, source, <usize>job.width * bytes);
  else if (bytes == 1) widen<u8>(job, source, target, 1);
  else if (bytes == 2) widen<u16>(job, source, target, 1);
  else if (bytes == 3) widen<u8>(job, source, target, 3);
  else widen<u16>(job, source, target, 3);
}

/** As the rows above, along one row. */
function widen<T>(job: PlaneJob, source: usize, target: usize, channels: usize): void {
  const turn: u64 = 2 * <u64>job.targetWidth;
  const step: u64 = 2 * <u64>job.width;
  const bytes = channels * sizeof<T>();
  const end = target + <usize>job.targetWidth * bytes;
  let middle: u64 = job.width;
  for (; target < end; target += bytes) {
    if (middle >= turn) {
      middle -= turn;
      source += bytes;
    }
    store<T>(target, load<T>(source));
    if (channels == 3) {
      store<T>(target + sizeof<T>(), load<T>(source + sizeof<T>()));
      store<T>(target + 2 * sizeof<T>(), load<T>(source + 2 * sizeof<T>()));
    }
    middle += step;
  }
}

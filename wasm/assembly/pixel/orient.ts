/** Flips and quarter turns of one plane. */
import { Result } from "../abi";
import { reverseRowScalar, transposeScalar } from "./orient-scalar";
import { reverseNarrowSimd, reverseTripletsSimd } from "./orient-simd";
import { PlaneJob, Turn, checkPlanes, planeJob } from "./plane-job";
import { transposeBytesSimd, transposePairsSimd, transposeTripletsSimd } from "./transpose-simd";

/** Carries out the plane job. Flips cost nothing besides a transposition: its rows are taken in the other order. */
export function orient(): i32 {
  const job = planeJob();
  const verdict = checkPlanes(job);
  if (verdict != Result.OK) return verdict;
  if (job.turn > (Turn.TRANSPOSE | Turn.FLIP_X | Turn.FLIP_Y)) return Result.BAD_OPTION;
  if ((job.turn & Turn.TRANSPOSE) != 0) transposePlane(job);
  else flipPlane(job);
  return Result.OK;
}

function flipPlane(job: PlaneJob): void {
  const bytes = <usize>job.sampleBytes * job.channels;
  const width = <usize>job.width;
  let source = job.source;
  let stride = job.sourceStride;
  if ((job.turn & Turn.FLIP_Y) != 0) {
    source += stride * (job.height - 1);
    stride = 0 - stride;
  }
  let target = job.target;
  for (let y: u32 = 0; y < job.height; y++, source += stride, target += job.targetStride) {
    if ((job.turn & Turn.FLIP_X) != 0) reverseRow(bytes, source, width, target);
    else memory.copy(target, source, width * bytes);
  }
}

/** The target's x is the source's y, so that a flip of x begins with the source's last row; and the other way. */
function transposePlane(job: PlaneJob): void {
  const bytes = <usize>job.sampleBytes * job.channels;
  const width = <usize>job.width;
  const height = <usize>job.height;
  let source = job.source;
  let sourceStride = job.sourceStride;
  let target = job.target;
  let targetStride = job.targetStride;
  if ((job.turn & Turn.FLIP_X) != 0) {
    source += sourceStride * (height - 1);
    sourceStride = 0 - sourceStride;
  }
  if ((job.turn & Turn.FLIP_Y) != 0) {
    target += targetStride * (width - 1);
    targetStride = 0 - targetStride;
  }
  if (ASC_FEATURE_SIMD) {
    if (bytes == 1) return transposeBytesSimd(source, sourceStride, width, height, target, targetStride);
    if (bytes == 2) return transposePairsSimd(source, sourceStride, width, height, target, targetStride);
    if (bytes == 3) return transposeTripletsSimd(source, sourceStride, width, height, target, targetStride);
  }
  transposeScalar(bytes, source, sourceStride, width, height, target, targetStride);
}

function reverseRow(bytes: usize, source: usize, count: usize, target: usize): void {
  if (ASC_FEATURE_SIMD) {
    if (bytes <= 2) return reverseNarrowSimd(bytes, source, count, target);
    if (bytes == 3) return reverseTripletsSimd(source, count, target);
  }
  reverseRowScalar(bytes, source, count, target);
}

/**
 * The rows of the source that one row of MCUs is made of: where they lie, or scaled to levels first. Some rows of MCUs are
 * scaled at a time, as many as stay in the second-level cache, because scale() has to find its gain anew each time.
 */
import { Colour, Result, Sample } from "../abi";
import { scale } from "../pixel/scale";
import { Job } from "./job";
import { Plan } from "./plan";
import { isGrey } from "./sampling";

/** Sets the plan's window to MCU row `mcuRow`, which follows the one of the call before. Result.OK, or BAD_RANGE. */
export function openWindow(plan: Plan, job: Job, mcuRow: i32): i32 {
  const high = plan.mcuHeight;
  const sourceRows = min(plan.height, plan.endRow * high) - plan.firstRow * high;
  const rowSamples = <usize>plan.width * (hasPlanes(plan) || isGrey(plan.colourMode) ? 1 : 3);
  const index = mcuRow - plan.firstRow;
  if (job.scaled == 0) {
    plan.window = <usize>job.source + <usize>(index * high) * rowSamples;
    plan.windowPlane = <usize>sourceRows * rowSamples;
    return Result.OK;
  }
  const within = index % plan.scaledRows;
  const top = (index - within) * high;
  const rows = min(sourceRows - top, plan.scaledRows * high);
  plan.window = plan.levels + <usize>(within * high) * rowSamples;
  plan.windowPlane = <usize>rows * rowSamples;
  if (within > 0) return Result.OK;
  const source = <usize>job.source + <usize>top * rowSamples * bytesPerSample(job.sampleType);
  return scalePlanes(plan, job, source, <usize>sourceRows * rowSamples);
}

/** Scales windowPlane samples of each plane, `sourcePlane` samples apart, to the plan's levels. */
function scalePlanes(plan: Plan, job: Job, source: usize, sourcePlane: usize): i32 {
  const count = plan.windowPlane;
  const planes: usize = hasPlanes(plan) ? 3 : 1;
  for (let i: usize = 0; i < planes; i++) {
    const from = source + i * sourcePlane * bytesPerSample(job.sampleType);
    const result = scale(job.sampleType, from, <u32>count, plan.levels + i * count, job.low, job.high);
    if (result != Result.OK) return result;
  }
  return Result.OK;
}

function hasPlanes(plan: Plan): bool {
  return plan.colourMode == Colour.RGB3;
}

function bytesPerSample(type: i32): usize {
  if (type <= Sample.UINT8) return 1;
  if (type <= Sample.UINT16) return 2;
  return type <= Sample.UINT32 || type == Sample.FLOAT32 ? 4 : 8;
}

/** The rows of the source that one row of MCUs is made of: where they lie, or scaled to levels first. */
import { Colour, Result, Sample } from "../abi";
import { scale } from "../pixel/scale";
import { Job } from "./job";
import { Plan } from "./plan";
import { isGrey } from "./sampling";

/** Sets the plan's window to MCU row `mcuRow`. Result.OK, or BAD_RANGE. */
export function openWindow(plan: Plan, job: Job, mcuRow: i32): i32 {
  const high = plan.mcuHeight;
  const top = (mcuRow - plan.firstRow) * high;
  const sourceRows = min(plan.height, plan.endRow * high) - plan.firstRow * high;
  const rows = min(sourceRows - top, high);
  const planar = plan.colourMode == Colour.RGB3;
  const rowSamples = <usize>plan.width * (isGrey(plan.colourMode) || planar ? 1 : 3);
  const first = <usize>top * rowSamples;
  const sourcePlane = <usize>sourceRows * rowSamples;
  if (job.scaled == 0) {
    plan.window = <usize>job.source + first;
    plan.windowPlane = sourcePlane;
    return Result.OK;
  }
  const count = <usize>rows * rowSamples;
  plan.window = plan.levels;
  plan.windowPlane = count;
  const planes: usize = planar ? 3 : 1;
  for (let i: usize = 0; i < planes; i++) {
    const source = <usize>job.source + (i * sourcePlane + first) * bytesPerSample(job.sampleType);
    const result = scale(job.sampleType, source, <u32>count, plan.levels + i * count, job.low, job.high);
    if (result != Result.OK) return result;
  }
  return Result.OK;
}

function bytesPerSample(type: i32): usize {
  if (type <= Sample.UINT8) return 1;
  if (type <= Sample.UINT16) return 2;
  return type <= Sample.UINT32 || type == Sample.FLOAT32 ? 4 : 8;
}

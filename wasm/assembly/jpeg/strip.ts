/**
 * One row of MCUs of a colour picture as planes of Y, Cb, Cr, from the plan's window. Where the picture ends before its
 * last MCU does, samples are repeated as libjpeg repeats them: to the right before downsampling, downwards after it.
 */
import { Colour } from "../abi";
import { downsamplePairs, downsampleRows } from "./downsample";
import { Plan } from "./plan";
import { interleavedToYcc, planarToYcc } from "./ycc";

/** Fills the strip with MCU row `mcuRow`. */
export function fillStrip(plan: Plan, mcuRow: i32): void {
  const rows = min(plan.height - mcuRow * plan.mcuHeight, plan.mcuHeight);
  if (plan.mcuHeight == 16) fillQuartered(plan, rows);
  else if (plan.mcuWidth == 16) fillHalved(plan, rows);
  else fillFull(plan, rows);
}

/** 4:4:4 */
function fillFull(plan: Plan, rows: i32): void {
  for (let i = 0; i < 8; i++) {
    const offset = <usize>i * plan.stride;
    if (i < rows) {
      convertRow(plan, i, plan.y + offset, plan.cb + offset, plan.cr + offset);
    } else {
      repeatRow(plan.y + offset, plan.stride);
      repeatRow(plan.cb + offset, plan.stride);
      repeatRow(plan.cr + offset, plan.stride);
    }
  }
}

/** 4:2:2 */
function fillHalved(plan: Plan, rows: i32): void {
  const fullCb = plan.fullChroma;
  const fullCr = fullCb + plan.stride;
  for (let i = 0; i < 8; i++) {
    const y = plan.y + <usize>i * plan.stride;
    const cb = plan.cb + <usize>i * plan.chromaStride;
    const cr = plan.cr + <usize>i * plan.chromaStride;
    if (i < rows) {
      convertRow(plan, i, y, fullCb, fullCr);
      downsamplePairs(fullCb, plan.chromaStride, cb);
      downsamplePairs(fullCr, plan.chromaStride, cr);
    } else {
      repeatRow(y, plan.stride);
      repeatRow(cb, plan.chromaStride);
      repeatRow(cr, plan.chromaStride);
    }
  }
}

/** 4:2:0 */
function fillQuartered(plan: Plan, rows: i32): void {
  for (let i = 0; i < 8; i++) {
    const y = plan.y + <usize>(2 * i) * plan.stride;
    const cb = plan.cb + <usize>i * plan.chromaStride;
    const cr = plan.cr + <usize>i * plan.chromaStride;
    if (2 * i < rows) {
      convertRowPair(plan, 2 * i, min(2 * i + 1, rows - 1), y, cb, cr);
    } else {
      repeatRow(y, plan.stride);
      repeatRow(y + plan.stride, plan.stride);
      repeatRow(cb, plan.chromaStride);
      repeatRow(cr, plan.chromaStride);
    }
  }
}

/** Two rows of the window, which are one and the same if it is the picture's last. */
function convertRowPair(plan: Plan, upper: i32, lower: i32, y: usize, cb: usize, cr: usize): void {
  const stride = plan.stride;
  const fullCb = plan.fullChroma;
  const fullCr = fullCb + 2 * stride;
  convertRow(plan, upper, y, fullCb, fullCr);
  convertRow(plan, lower, y + stride, fullCb + stride, fullCr + stride);
  downsampleRows(fullCb, fullCb + stride, plan.chromaStride, cb);
  downsampleRows(fullCr, fullCr + stride, plan.chromaStride, cr);
}

/** One row of the window, its last pixel repeated up to the stride. */
function convertRow(plan: Plan, row: i32, y: usize, cb: usize, cr: usize): void {
  const width = <usize>plan.width;
  const index = <usize>row;
  if (plan.colourMode == Colour.RGB1) {
    interleavedToYcc(plan.window + index * width * 3, width, y, cb, cr);
  } else if (plan.colourMode == Colour.RGB2) {
    const r = plan.window + index * width * 3;
    planarToYcc(r, r + width, r + 2 * width, width, y, cb, cr);
  } else {
    const plane = plan.windowPlane;
    const r = plan.window + index * width;
    planarToYcc(r, r + plane, r + 2 * plane, width, y, cb, cr);
  }
  repeatLast(y, width, plan.stride);
  repeatLast(cb, width, plan.stride);
  repeatLast(cr, width, plan.stride);
}

function repeatLast(row: usize, width: usize, stride: usize): void {
  if (width < stride) memory.fill(row + width, load<u8>(row + width - 1), stride - width);
}

/** Copies the row above. */
function repeatRow(row: usize, stride: usize): void {
  memory.copy(row, row - stride, stride);
}

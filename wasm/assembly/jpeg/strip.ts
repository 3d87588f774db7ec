/**
 * One row of MCUs of a colour picture as planes of Y, Cb, Cr. Where the picture ends before its last MCU does, samples
 * are repeated as libjpeg repeats them: to the right before downsampling, downwards after it.
 */
import { Colour } from "../abi";
import { downsampleRows } from "./downsample";
import { Plan } from "./plan";
import { interleavedToYcc, planarToYcc } from "./ycc";

/** Fills the strip with MCU row `mcuRow`. */
export function fillStrip(plan: Plan, mcuRow: i32): void {
  if (plan.mcuSide == 16) fillSubsampled(plan, mcuRow * 16);
  else fillFull(plan, mcuRow * 8);
}

function fillFull(plan: Plan, top: i32): void {
  for (let i = 0; i < 8; i++) {
    const offset = <usize>i * plan.stride;
    if (top + i < plan.height) {
      convertRow(plan, top + i, plan.y + offset, plan.cb + offset, plan.cr + offset);
    } else {
      repeatRow(plan.y + offset, plan.stride);
      repeatRow(plan.cb + offset, plan.stride);
      repeatRow(plan.cr + offset, plan.stride);
    }
  }
}

function fillSubsampled(plan: Plan, top: i32): void {
  for (let i = 0; i < 8; i++) {
    const y = plan.y + <usize>(2 * i) * plan.stride;
    const cb = plan.cb + <usize>i * plan.chromaStride;
    const cr = plan.cr + <usize>i * plan.chromaStride;
    if (top + 2 * i < plan.height) {
      convertRowPair(plan, top + 2 * i, y, cb, cr);
    } else {
      repeatRow(y, plan.stride);
      repeatRow(y + plan.stride, plan.stride);
      repeatRow(cb, plan.chromaStride);
      repeatRow(cr, plan.chromaStride);
    }
  }
}

/** Rows `row` and `row + 1`, or `row` twice if it is the picture's last. */
function convertRowPair(plan: Plan, row: i32, y: usize, cb: usize, cr: usize): void {
  const stride = plan.stride;
  const fullCb = plan.fullChroma;
  const fullCr = fullCb + 2 * stride;
  convertRow(plan, row, y, fullCb, fullCr);
  convertRow(plan, min(row + 1, plan.height - 1), y + stride, fullCb + stride, fullCr + stride);
  downsampleRows(fullCb, fullCb + stride, plan.chromaStride, cb);
  downsampleRows(fullCr, fullCr + stride, plan.chromaStride, cr);
}

/** One row of the picture, its last pixel repeated up to the stride. */
function convertRow(plan: Plan, row: i32, y: usize, cb: usize, cr: usize): void {
  const width = <usize>plan.width;
  const index = <usize>row;
  if (plan.colourMode == Colour.RGB1) {
    interleavedToYcc(plan.source + index * width * 3, width, y, cb, cr);
  } else if (plan.colourMode == Colour.RGB2) {
    const r = plan.source + index * width * 3;
    planarToYcc(r, r + width, r + 2 * width, width, y, cb, cr);
  } else {
    const plane = width * <usize>plan.height;
    const r = plan.source + index * width;
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

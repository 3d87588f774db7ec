/**
 * MCUs (T.81 A.2) turned into quantised blocks in the order of the scan. Each function makes `count` MCUs from column
 * `first` of MCU row `mcuRow` on and leaves them at plan.blocks.
 */
import { BLOCK_BYTES, setDummy } from "./block";
import { fdct } from "./fdct";
import { Plan, componentOf } from "./plan";
import { quantize } from "./quantize";
import { zigzag } from "./zigzag";

/** 8 × 8 samples → one block, ready for the coder. */
function transform(source: usize, stride: usize, divisors: usize, block: usize): void {
  fdct(source, stride, block);
  quantize(block, divisors);
  zigzag(block);
}

/** Grey: an MCU is a block, and samples are read where they lie. Only blocks at the edge are copied first. */
export function makeGrey(plan: Plan, mcuRow: i32, first: i32, count: i32): void {
  const width = <usize>plan.width;
  const divisors = componentOf(plan, 0).divisors;
  const rows = min(plan.height - mcuRow * 8, 8);
  const wholeBlocks = rows < 8 ? 0 : plan.width >> 3;
  let block = plan.blocks;
  for (let column = first; column < first + count; column++) {
    const corner = plan.window + <usize>column * 8;
    if (column < wholeBlocks) {
      transform(corner, width, divisors, block);
    } else {
      copyEdge(corner, width, min(plan.width - column * 8, 8), rows, plan.edge);
      transform(plan.edge, 8, divisors, block);
    }
    block += BLOCK_BYTES;
  }
}

/** Copies `columns` × `rows` samples and repeats the last column and the last row up to 8 × 8. */
function copyEdge(source: usize, stride: usize, columns: i32, rows: i32, edge: usize): void {
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) {
      const at = source + <usize>min(y, rows - 1) * stride + <usize>min(x, columns - 1);
      store<u8>(edge + <usize>(y * 8 + x), load<u8>(at));
    }
  }
}

/** 4:4:4 from the strip: Y Cb Cr. */
export function makeFull(plan: Plan, first: i32, count: i32): void {
  const luminance = componentOf(plan, 0).divisors;
  const chrominance = componentOf(plan, 1).divisors;
  let block = plan.blocks;
  for (let column = first; column < first + count; column++) {
    const offset = <usize>column * 8;
    transform(plan.y + offset, plan.stride, luminance, block);
    transform(plan.cb + offset, plan.stride, chrominance, block + BLOCK_BYTES);
    transform(plan.cr + offset, plan.stride, chrominance, block + 2 * BLOCK_BYTES);
    block += 3 * BLOCK_BYTES;
  }
}

/** 4:2:2 from the strip: Y Y Cb Cr; the last MCU of a row may have no picture in its right block of Y. */
export function makeHalved(plan: Plan, first: i32, count: i32): void {
  const luminance = componentOf(plan, 0).divisors;
  const chrominance = componentOf(plan, 1).divisors;
  let block = plan.blocks;
  for (let column = first; column < first + count; column++) {
    const rightExists = column * 16 + 8 < plan.width;
    makePair(plan.y + <usize>column * 16, plan.stride, rightExists, luminance, block);
    const offset = <usize>column * 8;
    transform(plan.cb + offset, plan.chromaStride, chrominance, block + 2 * BLOCK_BYTES);
    transform(plan.cr + offset, plan.chromaStride, chrominance, block + 3 * BLOCK_BYTES);
    block += 4 * BLOCK_BYTES;
  }
}

/**
 * 4:2:0 from the strip: Y Y Y Y Cb Cr, the four of Y in reading order. The last MCU of a row may have no picture in its
 * right blocks of Y, the last row of MCUs none in its lower ones; those are dummies (T.81 A.2.4 asks for no more).
 */
export function makeSubsampled(plan: Plan, mcuRow: i32, first: i32, count: i32): void {
  const luminance = componentOf(plan, 0).divisors;
  const chrominance = componentOf(plan, 1).divisors;
  const stride = plan.stride;
  const lowerExists = mcuRow * 16 + 8 < plan.height;
  let block = plan.blocks;
  for (let column = first; column < first + count; column++) {
    const rightExists = column * 16 + 8 < plan.width;
    const upper = plan.y + <usize>column * 16;
    makePair(upper, stride, rightExists, luminance, block);
    if (lowerExists) {
      makePair(upper + 8 * stride, stride, rightExists, luminance, block + 2 * BLOCK_BYTES);
    } else {
      setDummy(block + 2 * BLOCK_BYTES, block + BLOCK_BYTES);
      setDummy(block + 3 * BLOCK_BYTES, block + BLOCK_BYTES);
    }
    const offset = <usize>column * 8;
    transform(plan.cb + offset, plan.chromaStride, chrominance, block + 4 * BLOCK_BYTES);
    transform(plan.cr + offset, plan.chromaStride, chrominance, block + 5 * BLOCK_BYTES);
    block += 6 * BLOCK_BYTES;
  }
}

function makePair(source: usize, stride: usize, rightExists: bool, divisors: usize, block: usize): void {
  transform(source, stride, divisors, block);
  if (rightExists) transform(source + 8, stride, divisors, block + BLOCK_BYTES);
  else setDummy(block + BLOCK_BYTES, block);
}

/**
 * Area averaging of 8-bit samples where every target pixel is the mean of whole pixels, 257 at most: sums then fit into
 * 16 bits. As resize-area-scalar.ts does it, to the bit.
 *
 *     rows ─→ │ u16 a column │ ─→ the same region, │ u16 a target sample │ ─→ levels
 */
import { PlaneJob } from "./plane-job";

/** 257 · 255 = 65535. */
export const MOST_IN_BOX: u64 = 257;

/** Sums of `rows` rows, sixteen columns a turn. */
function boxDown(source: usize, stride: usize, count: u32, rows: u32, sums: usize): void {
  const height = stride * rows;
  const end = source + count;
  const vectors = source + (count & ~15);
  if (rows == 4) {
    for (; source < vectors; source += 16, sums += 32) fourDown(source, stride, sums);
  }
  for (; source < vectors; source += 16, sums += 32) {
    const first = v128.load(source);
    let low = i16x8.extend_low_i8x16_u(first);
    let high = i16x8.extend_high_i8x16_u(first);
    for (let row = source + stride; row < source + height; row += stride) {
      const samples = v128.load(row);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(samples));
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(samples));
    }
    v128.store(sums, low);
    v128.store(sums, high, 16);
  }
  for (; source < end; source++, sums += 2) {
    let sum: u32 = 0;
    for (let row = source; row < source + height; row += stride) sum += load<u8>(row);
    store<u16>(sums, sum);
  }
}

/** The most frequent case without a loop of its own. */
function fourDown(source: usize, stride: usize, sums: usize): void {
  const second = source + stride;
  const third = second + stride;
  const fourth = third + stride;
  const low = i16x8.add(v128.load8x8_u(source), v128.load8x8_u(second));
  const lower = i16x8.add(v128.load8x8_u(third), v128.load8x8_u(fourth));
  const high = i16x8.add(v128.load8x8_u(source, 8), v128.load8x8_u(second, 8));
  const higher = i16x8.add(v128.load8x8_u(third, 8), v128.load8x8_u(fourth, 8));
  v128.store(sums, i16x8.add(low, lower));
  v128.store(sums, i16x8.add(high, higher), 16);
}

/** One target row out of the rows under it; their sums go through the job's workspace. */
export function boxRowSimd(job: PlaneJob, columns: u32, rows: u32, source: usize, target: usize): void {
  const sums = job.workspace;
  const count = <usize>job.targetWidth * job.channels;
  if (columns == 4 && rows == 4 && job.channels == 3) {
    sumFourTriplets(source, job.sourceStride, job.targetWidth, sums);
  } else {
    boxDown(source, job.sourceStride, job.width * job.channels, rows, sums);
    if (columns > 1) joinAcross(job, columns);
  }
  const divisor = columns * rows;
  if (popcnt(divisor) == 1 && divisor > 1 && divisor <= MOST_SHIFTED) {
    divideByPower(sums, count, divisor, target);
  } else divide(sums, count, divisor, target);
}

/**
 * Four by four pixels of R G B, the most frequent case in colour, without a way through memory between down and across:
 * pixels 0, 1 and pixels 2, 3 of four rows are summed in six of eight lanes, then the one triplet and the other.
 *
 *     R0+R2  G0+G2  B0+B2  R1+R3  G1+G3  B1+B3  –  –
 */
function sumFourTriplets(source: usize, stride: usize, pixels: u32, sums: usize): void {
  const second = source + stride;
  const third = second + stride;
  const fourth = third + stride;
  let x: usize = 0;
  // The last pixel has not the two bytes behind it that would be read.
  for (const last = sums + <usize>(pixels - 1) * 6; sums < last; sums += 6, x += 12) {
    const a = i16x8.add(v128.load8x8_u(source + x), v128.load8x8_u(source + x, 6));
    const b = i16x8.add(v128.load8x8_u(second + x), v128.load8x8_u(second + x, 6));
    const c = i16x8.add(v128.load8x8_u(third + x), v128.load8x8_u(third + x, 6));
    const d = i16x8.add(v128.load8x8_u(fourth + x), v128.load8x8_u(fourth + x, 6));
    const six = i16x8.add(i16x8.add(a, b), i16x8.add(c, d));
    v128.store64_lane(sums, i16x8.add(six, v128.shuffle<u16>(six, six, 3, 4, 5, 6, 3, 4, 5, 6)), 0);
  }
  const behind = source + x + 4 * stride;
  for (let channel: usize = 0; channel < 3; channel++) {
    let sum: u32 = 0;
    for (let at = source + x + channel; at < behind; at += stride) {
      sum += <u32>load<u8>(at) + load<u8>(at, 3) + load<u8>(at, 6) + load<u8>(at, 9);
    }
    store<u16>(sums + 2 * channel, sum);
  }
}

/** Sums of columns to sums of target samples, at the same place. */
function joinAcross(job: PlaneJob, columns: u32): void {
  const sums = job.workspace;
  const count = <usize>job.targetWidth * job.channels;
  if (job.channels == 3) joinTriplets(sums, <usize>columns * 6, job.targetWidth);
  else if (columns == 2) joinPairs(sums, count);
  else if (columns == 4) joinFours(sums, count);
  else joinAny(sums, <usize>columns * 2, count);
}

/** R, G and B of a pixel in the first three lanes; the fourth is overwritten by the next pixel. */
function joinTriplets(sums: usize, step: usize, pixels: u32): void {
  let from = sums;
  const end = sums + <usize>pixels * 6;
  let to = sums;
  if (step == 12) {
    for (; to < end; to += 6, from += 12) {
      v128.store64_lane(to, i16x8.add(v128.load64_zero(from), v128.load64_zero(from, 6)), 0);
    }
  }
  if (step == 24) {
    for (; to < end; to += 6, from += 24) {
      const front = i16x8.add(v128.load64_zero(from), v128.load64_zero(from, 6));
      const back = i16x8.add(v128.load64_zero(from, 12), v128.load64_zero(from, 18));
      v128.store64_lane(to, i16x8.add(front, back), 0);
    }
  }
  for (; to < end; to += 6) {
    const next = from + step;
    let sum = v128.load64_zero(from);
    for (from += 6; from < next; from += 6) sum = i16x8.add(sum, v128.load64_zero(from));
    v128.store64_lane(to, sum, 0);
  }
}

function joinPairs(sums: usize, count: usize): void {
  let from = sums;
  let to = sums;
  for (const end = sums + 2 * (count & ~7); to < end; to += 16, from += 32) {
    const a = i32x4.extadd_pairwise_i16x8_u(v128.load(from));
    const b = i32x4.extadd_pairwise_i16x8_u(v128.load(from, 16));
    v128.store(to, i16x8.narrow_i32x4_u(a, b));
  }
  joinRest(from, to, 4, count & 7);
}

function joinFours(sums: usize, count: usize): void {
  let from = sums;
  let to = sums;
  for (const end = sums + 2 * (count & ~3); to < end; to += 8, from += 32) {
    const a = i32x4.extadd_pairwise_i16x8_u(v128.load(from));
    const b = i32x4.extadd_pairwise_i16x8_u(v128.load(from, 16));
    const four = i32x4.add(v128.shuffle<u32>(a, b, 0, 2, 4, 6), v128.shuffle<u32>(a, b, 1, 3, 5, 7));
    v128.store64_lane(to, i16x8.narrow_i32x4_u(four, four), 0);
  }
  joinRest(from, to, 8, count & 3);
}

function joinAny(sums: usize, step: usize, count: usize): void {
  joinRest(sums, sums, step, count);
}

function joinRest(from: usize, to: usize, step: usize, count: usize): void {
  for (const end = to + 2 * count; to < end; to += 2) {
    let sum: u32 = 0;
    for (const next = from + step; from < next; from += 2) sum += load<u16>(from);
    store<u16>(to, sum);
  }
}

/** Beyond, sums pass the 15 bits of a signed word. */
const MOST_SHIFTED: u32 = 128;

/** sum / divisor, halves up, for powers of two: one instruction has (sum · 32768 / divisor + 16384) >> 15. */
function divideByPower(sums: usize, count: usize, divisor: u32, target: usize): void {
  const gain = i16x8.splat(<i16>(32768 / divisor));
  const end = target + (count & ~15);
  for (; target < end; target += 16, sums += 32) {
    const low = i16x8.q15mulr_sat_s(v128.load(sums), gain);
    const high = i16x8.q15mulr_sat_s(v128.load(sums, 16), gain);
    v128.store(target, i8x16.narrow_i16x8_u(low, high));
  }
  divideRest(sums, count & 15, divisor, target);
}

function divideRest(sums: usize, count: usize, divisor: u32, target: usize): void {
  for (const end = target + count; target < end; target++, sums += 2) {
    store<u8>(target, (2 * <u32>load<u16>(sums) + divisor) / (2 * divisor));
  }
}

/** Behind 2²³ an f32 counts in ones: what is added to it is rounded, and lies in its low bits. */
const ROUNDER: f32 = 8388608;

/**
 * sum / divisor, halves up. A quarter more makes halves more than halves; nothing below a half comes nearer than
 * 1 / (4 · 257) to it, and f32 errs by far less below 256.
 */
function divide(sums: usize, count: usize, divisor: u32, target: usize): void {
  const gain = <f32>1 / <f32>divisor;
  const end = target + (count & ~15);
  for (; target < end; target += 16, sums += 32) {
    const low = v128.load(sums);
    const high = v128.load(sums, 16);
    const a = rounded(i32x4.extend_low_i16x8_u(low), gain);
    const b = rounded(i32x4.extend_high_i16x8_u(low), gain);
    const c = rounded(i32x4.extend_low_i16x8_u(high), gain);
    const d = rounded(i32x4.extend_high_i16x8_u(high), gain);
    v128.store(target, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d)));
  }
  divideRest(sums, count & 15, divisor, target);
}

function rounded(sums: v128, gain: f32): v128 {
  const more = f32x4.add(f32x4.convert_i32x4_s(sums), f32x4.splat(0.25));
  const levels = f32x4.add(f32x4.mul(more, f32x4.splat(gain)), f32x4.splat(ROUNDER));
  return v128.and(levels, i32x4.splat(0xff));
}

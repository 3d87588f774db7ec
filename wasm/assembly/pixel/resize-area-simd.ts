/** Area averaging of 8-bit samples, the SIMD twins. */
import { PlaneJob } from "./plane-job";
import { sumDownScalar } from "./resize-area-scalar";

/** So many rows of 255 can be summed in 16 bits. */
const ROWS_IN_16_BITS: u32 = 257;

/** As sumDownScalar<u8>. Sixteen columns a turn, whole rows in 16 bits, then times their weight in 32. */
export function sumDownBytesSimd(
  source: usize,
  stride: usize,
  count: u32,
  partsPerRow: u32,
  skipped: u32,
  parts: u32,
  sums: usize,
): void {
  const columns: u32 = count & ~15;
  for (let x: u32 = 0; x < columns; x += 16) {
    sumSixteen(source + x, stride, partsPerRow, skipped, parts, sums + <usize>x * 4);
  }
  const rest = sums + <usize>columns * 4;
  sumDownScalar<u8>(source + columns, stride, count - columns, partsPerRow, skipped, parts, rest);
}

function sumSixteen(
  row: usize,
  stride: usize,
  partsPerRow: u32,
  skipped: u32,
  parts: u32,
  sums: usize,
): void {
  let s0 = i32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let left = parts;
  let weight = min(partsPerRow - skipped, left);
  while (left > 0) {
    // A row cut by an edge counts by itself; the whole ones between are summed before they are weighted.
    const whole = weight == partsPerRow;
    const rows = whole ? min(left / partsPerRow, ROWS_IN_16_BITS) : 1;
    let low = i16x8.splat(0);
    let high = low;
    for (const end = row + <usize>rows * stride; row != end; row += stride) {
      const samples = v128.load(row);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(samples));
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(samples));
    }
    const weights = i32x4.splat(weight);
    s0 = i32x4.add(s0, i32x4.mul(i32x4.extend_low_i16x8_u(low), weights));
    s1 = i32x4.add(s1, i32x4.mul(i32x4.extend_high_i16x8_u(low), weights));
    s2 = i32x4.add(s2, i32x4.mul(i32x4.extend_low_i16x8_u(high), weights));
    s3 = i32x4.add(s3, i32x4.mul(i32x4.extend_high_i16x8_u(high), weights));
    left -= rows * weight;
    weight = min(partsPerRow, left);
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}

/** Up to here sums and their quotients are exact in f32: 2 · 255 · divisor + divisor < 2²⁴. */
const LARGEST_DIVISOR: u32 = 32768;

/**
 * As sumAcrossScalar<u8>, where every target pixel covers whole source pixels.
 *
 * @returns false where it does not, or where sums are too large for f32; nothing is written then
 */
export function sumAcrossSimd(
  job: PlaneJob,
  partsPerPixel: u32,
  parts: u32,
  partsDown: u32,
  target: usize,
): bool {
  const divisor = <u64>parts * partsDown;
  if (partsPerPixel != 1 || divisor > LARGEST_DIVISOR) return false;
  if (job.channels == 3) sumTriplets(job, parts, <f32>divisor, target);
  else if ((parts & 3) == 0) sumFours(job, parts, <f32>divisor, target);
  else sumSingles(job, parts, <f32>divisor, target);
  return true;
}

/** (2 sum + divisor) / (2 divisor), cut: the quotient is never within an ulp below a whole number but not on it. */
function rounded(sums: v128, divisor: f32): v128 {
  const doubled = f32x4.convert_i32x4_s(i32x4.add(sums, sums));
  const quotient = f32x4.div(f32x4.add(doubled, f32x4.splat(divisor)), f32x4.splat(2 * divisor));
  return i32x4.trunc_sat_f32x4_s(quotient);
}

/** R, G and B in the first three lanes; the fourth is what lies behind. */
function sumTriplets(job: PlaneJob, parts: u32, divisor: f32, target: usize): void {
  let from = job.workspace;
  const step = <usize>parts * 12;
  const targetEnd = target + <usize>job.targetWidth * 3;
  for (; target < targetEnd; target += 3) {
    const end = from + step;
    let sums = v128.load(from);
    for (from += 12; from < end; from += 12) sums = i32x4.add(sums, v128.load(from));
    const levels = rounded(sums, divisor);
    store<u8>(target, i32x4.extract_lane(levels, 0));
    store<u8>(target, i32x4.extract_lane(levels, 1), 1);
    store<u8>(target, i32x4.extract_lane(levels, 2), 2);
  }
}

/** A multiple of four columns for each target sample. */
function sumFours(job: PlaneJob, parts: u32, divisor: f32, target: usize): void {
  let from = job.workspace;
  const step = <usize>parts * 4;
  const targetEnd = target + job.targetWidth;
  const fours = target + (job.targetWidth & ~3);
  for (; target < fours; target += 4, from += 4 * step) {
    const a = sumLanes(from, step);
    const b = sumLanes(from + step, step);
    const c = sumLanes(from + 2 * step, step);
    const d = sumLanes(from + 3 * step, step);
    // a0+a2 b0+b2 a1+a3 b1+b3, the same of c and d, then a b c d
    const ab = i32x4.add(v128.shuffle<u32>(a, b, 0, 4, 1, 5), v128.shuffle<u32>(a, b, 2, 6, 3, 7));
    const cd = i32x4.add(v128.shuffle<u32>(c, d, 0, 4, 1, 5), v128.shuffle<u32>(c, d, 2, 6, 3, 7));
    const all = i32x4.add(v128.shuffle<u32>(ab, cd, 0, 1, 4, 5), v128.shuffle<u32>(ab, cd, 2, 3, 6, 7));
    const levels = rounded(all, divisor);
    const narrow = i16x8.narrow_i32x4_u(levels, levels);
    store<u32>(target, i32x4.extract_lane(i8x16.narrow_i16x8_u(narrow, narrow), 0));
  }
  for (; target < targetEnd; target++, from += step) storeOne(sumOf(from, step), divisor, target);
}

/** Any number of columns for each target sample. */
function sumSingles(job: PlaneJob, parts: u32, divisor: f32, target: usize): void {
  let from = job.workspace;
  const step = <usize>parts * 4;
  const targetEnd = target + job.targetWidth;
  for (; target < targetEnd; target++, from += step) storeOne(sumOf(from, step), divisor, target);
}

function sumLanes(from: usize, bytes: usize): v128 {
  let sums = v128.load(from);
  for (const end = from + bytes; from + 16 < end; from += 16) sums = i32x4.add(sums, v128.load(from, 16));
  return sums;
}

function sumOf(from: usize, bytes: usize): u32 {
  let sum: u32 = 0;
  for (const end = from + bytes; from < end; from += 4) sum += load<u32>(from);
  return sum;
}

function storeOne(sum: u32, divisor: f32, target: usize): void {
  store<u8>(target, <u32>((<f32>(sum + sum) + divisor) / (2 * divisor)));
}

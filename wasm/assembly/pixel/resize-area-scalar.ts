/** Area averaging, the truth: sums in whole numbers. */
import { PlaneJob } from "./plane-job";

/**
 * Weighted sums of `count` columns over `parts` parts of rows that are `partsPerRow` parts each. The first row begins
 * `skipped` parts above the sum.
 */
export function sumDownScalar<T>(
  source: usize,
  stride: usize,
  count: u32,
  partsPerRow: u32,
  skipped: u32,
  parts: u32,
  sums: usize,
): void {
  memory.fill(sums, 0, <usize>count * 4);
  const sumsEnd = sums + <usize>count * 4;
  let weight = min(partsPerRow - skipped, parts);
  for (; parts > 0; parts -= weight, weight = min(partsPerRow, parts), source += stride) {
    for (let sum = sums, from = source; sum < sumsEnd; sum += 4, from += sizeof<T>()) {
      store<u32>(sum, load<u32>(sum) + weight * <u32>load<T>(from));
    }
  }
}

/** One target row out of the sums in the job's workspace. */
export function sumAcrossScalar<T>(
  job: PlaneJob,
  partsPerPixel: u32,
  parts: u32,
  partsDown: u32,
  target: usize,
): void {
  const channels = <usize>job.channels;
  const divisor = <u64>parts * partsDown;
  let pixel = job.workspace;
  // Parts of the pixel that the target pixel before has taken.
  let taken: u32 = 0;
  for (let x: u32 = 0; x < job.targetWidth; x++, target += channels * sizeof<T>()) {
    for (let channel: usize = 0; channel < channels; channel++) {
      const sum = sumPixels(pixel + 4 * channel, 4 * channels, partsPerPixel, taken, parts);
      store<T>(target + channel * sizeof<T>(), <T>((2 * sum + divisor) / (2 * divisor)));
    }
    const done = <u64>taken + parts;
    pixel += 4 * channels * <usize>(done / partsPerPixel);
    taken = <u32>(done % partsPerPixel);
  }
}

function sumPixels(pixel: usize, step: usize, partsPerPixel: u32, taken: u32, parts: u32): u64 {
  let weight = min(partsPerPixel - taken, parts);
  let sum = <u64>weight * load<u32>(pixel);
  for (let left = parts - weight; left > 0; left -= weight) {
    weight = min(partsPerPixel, left);
    pixel += step;
    sum += <u64>weight * load<u32>(pixel);
  }
  return sum;
}

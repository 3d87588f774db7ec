/**
 * The samples of two ranks among many 16-bit integers with less work than a counter a sample: one in many is counted to
 * guess a window of values around each rank, and then all are compared, eight at a time, with the two windows. How many
 * lie below and above tells for certain whether the rank's sample is inside; the few inside get their counters.
 *
 *       below │ window of first │ …                 … │ window of second │ above
 *   ──────────┴────────▲────────┴─────────────────────┴────────▲─────────┴───────→ values
 *
 * A window that many samples fall into (a dark background of one value) shrinks to the one guessed value, which needs no
 * counters. A guess that failed is told, and rankNarrow counts everything.
 */
import { MEASUREMENT } from "../memory";
import { WORDS_HISTOGRAM_BYTES, binOf, sampleOf } from "./rank-narrow";

/** Fewer than so many are counted faster than guessed about. */
const FEWEST: u32 = 1 << 18;
/** About as many are counted for the guess. */
const GUESSED: u32 = 1 << 17;
/** Half a window in standard deviations of a rank guessed from a random choice, and a little more. */
const DEVIATIONS: f64 = 4;
const MARGIN: i64 = 8;
/** One in so many of all samples is too many for one window. */
const CROWD: i64 = 32;
/** Bytes between two emptyings of 16-bit counters and of the list of vectors that have samples inside. */
const BATCH: usize = 4096 * 16;

/** What one pass over everything found: behind the histogram in the workspace, eight words. */
const WINDOWS: usize = WORDS_HISTOGRAM_BYTES;

@unmanaged
class Window {
  /** Least and greatest value, as unsigned bins. */
  least: u32;
  greatest: u32;
  below: i64;
  above: i64;
}

const WINDOW_BYTES: usize = 24;
/** Addresses of vectors, behind both windows. */
const LIST: usize = WINDOWS + 2 * WINDOW_BYTES;

/** As rankNarrow, or false where it did not work out. */
export function rankWordsSimd<T>(source: usize, count: u32, first: i64, second: i64, table: usize): bool {
  if (count < FEWEST) return false;
  const low = changetype<Window>(table + WINDOWS);
  const high = changetype<Window>(table + WINDOWS + WINDOW_BYTES);
  guess<T>(source, count, first, second, table, low, high);
  memory.fill(table, 0, WORDS_HISTOGRAM_BYTES);
  const vectors = usize(count) & ~7;
  compare<T>(source, source + 2 * vectors, low, high, table);
  for (let at = source + 2 * vectors; at < source + 2 * usize(count); at += 2)
    compareOne<T>(at, low, high, table);
  const one = pick(low, count, first, table);
  const two = pick(high, count, second, table);
  if (one < 0 || two < 0) return false;
  store<T>(MEASUREMENT, sampleOf<T>(usize(one)));
  store<T>(MEASUREMENT, sampleOf<T>(usize(two)), 8);
  return true;
}

/** Counts every so-manieth sample; an odd step does not meet the same column row after row. */
function guess<T>(
  source: usize,
  count: u32,
  first: i64,
  second: i64,
  table: usize,
  low: Window,
  high: Window,
): void {
  memory.fill(table, 0, WORDS_HISTOGRAM_BYTES);
  const step = (count / GUESSED) | 1;
  const taken = i64((count + step - 1) / step);
  for (let at: u32 = 0; at < count; at += step) {
    const counter = table + binOf<T>(source + 2 * usize(at));
    store<u32>(counter, load<u32>(counter) + 1);
  }
  setWindow(low, taken, f64(first) / f64(count), table);
  setWindow(high, taken, f64(second) / f64(count), table);
}

function setWindow(window: Window, taken: i64, fraction: f64, table: usize): void {
  const rank = i64(f64(taken) * fraction);
  const half = i64(DEVIATIONS * sqrt(f64(taken) * fraction * (1 - fraction))) + MARGIN;
  let bin: usize = 0;
  let below: i64 = 0;
  let middle: usize = 0;
  let before: i64 = -1;
  for (; ; bin += 4) {
    const here = i64(load<u32>(table + bin));
    if (before < 0 && rank - half < below + here) {
      // Where the window begins with the first guess it is open: samples that were not guessed may lie before.
      window.least = rank - half <= 0 ? 0 : u32(bin >> 2);
      before = below;
    }
    if (rank >= below) middle = bin;
    below += here;
    if (rank + half < below || below == taken) break;
  }
  window.greatest = rank + half >= taken - 1 ? 65535 : u32(bin >> 2);
  if (below - before > taken / CROWD) {
    window.least = u32(middle >> 2);
    window.greatest = window.least;
  }
}

/**
 * Compares vectors with both windows, as signed words; counts what is inside a window of more than one value. Vectors with
 * such samples are listed first, without a branch: the processor's guess at one would be wrong all the time.
 */
function compare<T>(source: usize, end: usize, low: Window, high: Window, table: usize): void {
  const flip = i16x8.splat(isSigned<T>() ? 0 : -32768);
  const lowLeast = signedBin(low.least);
  const lowGreatest = signedBin(low.greatest);
  const highLeast = signedBin(high.least);
  const highGreatest = signedBin(high.greatest);
  const lowCounts = i16x8.splat(low.least < low.greatest ? -1 : 0);
  const highCounts = i16x8.splat(high.least < high.greatest ? -1 : 0);
  low.below = 0;
  low.above = 0;
  high.below = 0;
  high.above = 0;
  while (source < end) {
    const stop = min(end, source + BATCH);
    let lowBelow = i16x8.splat(0);
    let lowAbove = lowBelow;
    let highBelow = lowBelow;
    let highAbove = lowBelow;
    let listed = table + LIST;
    for (; source < stop; source += 16) {
      const x = v128.xor(v128.load(source), flip);
      const a = i16x8.gt_s(lowLeast, x);
      const b = i16x8.gt_s(x, lowGreatest);
      const c = i16x8.gt_s(highLeast, x);
      const d = i16x8.gt_s(x, highGreatest);
      lowBelow = i16x8.sub(lowBelow, a);
      lowAbove = i16x8.sub(lowAbove, b);
      highBelow = i16x8.sub(highBelow, c);
      highAbove = i16x8.sub(highAbove, d);
      const inside = v128.or(v128.andnot(lowCounts, v128.or(a, b)), v128.andnot(highCounts, v128.or(c, d)));
      store<u32>(listed, <u32>source);
      listed += (<usize>v128.any_true(inside)) << 2;
    }
    low.below += sumOf(lowBelow);
    low.above += sumOf(lowAbove);
    high.below += sumOf(highBelow);
    high.above += sumOf(highAbove);
    countListed<T>(listed, low, high, table);
  }
}

/** Counts what the listed vectors have inside a window of more than one value. */
function countListed<T>(listed: usize, low: Window, high: Window, table: usize): void {
  for (let at = table + LIST; at < listed; at += 4) {
    const vector = <usize>load<u32>(at);
    const bins = v128.xor(v128.load(vector), i16x8.splat(isSigned<T>() ? -32768 : 0));
    const inside = v128.or(lanesInside(bins, low), lanesInside(bins, high));
    countInside<T>(vector, i16x8.bitmask(inside), table);
  }
}

function lanesInside(bins: v128, window: Window): v128 {
  if (window.least == window.greatest) return i16x8.splat(0);
  const reached = i16x8.ge_u(bins, i16x8.splat(<i16>window.least));
  return v128.and(reached, i16x8.le_u(bins, i16x8.splat(<i16>window.greatest)));
}

function signedBin(bin: u32): v128 {
  return i16x8.splat(i16(bin ^ 0x8000));
}

function countInside<T>(source: usize, lanes: i32, table: usize): void {
  for (; lanes != 0; lanes &= lanes - 1) {
    const counter = table + binOf<T>(source + 2 * usize(ctz(lanes)));
    store<u32>(counter, load<u32>(counter) + 1);
  }
}

/** The sum of eight unsigned words. */
function sumOf(words: v128): i64 {
  const sums = i32x4.extadd_pairwise_i16x8_u(words);
  const left = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  return i64(left) + i64(i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3));
}

/** The last few samples, one at a time. */
function compareOne<T>(source: usize, low: Window, high: Window, table: usize): void {
  const bin = u32(binOf<T>(source) >> 2);
  if (bin < low.least) low.below++;
  if (bin > low.greatest) low.above++;
  if (bin < high.least) high.below++;
  if (bin > high.greatest) high.above++;
  const insideLow = low.least < low.greatest && bin >= low.least && bin <= low.greatest;
  const insideHigh = high.least < high.greatest && bin >= high.least && bin <= high.greatest;
  if (insideLow || insideHigh) countInside<T>(source, 1, table);
}

/** The bin of a rank if it lies in the window, else -1. */
function pick(window: Window, count: u32, rank: i64, table: usize): i32 {
  if (rank < window.below || rank >= i64(count) - window.above) return -1;
  let bin = window.least;
  if (bin == window.greatest) return i32(bin << 2);
  let below = window.below + load<u32>(table + (usize(bin) << 2));
  while (rank >= below) below += load<u32>(table + (usize(++bin) << 2));
  return i32(bin << 2);
}

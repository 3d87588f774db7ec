/**
 * The samples of two ranks among 32- and 64-bit integers and floats, exact to the last bit: twelve bits of a sample a
 * pass, the highest first. Samples are counted as keys that are whole, positive, from 0, and in the same order:
 *
 *   integers   the sample less the lowest one
 *   floats     bits, turned so that they count up (all of a negative number's, else the top one), less the lowest's
 *
 * Pass by pass, each rank's bin is what the next pass takes apart; the others no longer count. A 32-bit type takes at
 * most three passes; the more the samples differ in their upper bits, the fewer counters the later passes touch.
 */
import { MEASUREMENT } from "../memory";

const DIGIT: u32 = 12;
const TABLE_BYTES: usize = 4 << DIGIT;
const RANKS: usize = 2 * TABLE_BYTES;

/** Two tables, and what remains of the two ranks. */
export const WIDE_TABLES_BYTES: usize = 2 * TABLE_BYTES + 16;

/**
 * Replaces the extremes at MEASUREMENT, both of T, by the samples of rank `first` and `second` (≥ first) among those
 * between the extremes.
 */
export function rankWide<T>(source: usize, count: u32, first: i64, second: i64, tables: usize): void {
  const least = keyOf<T>(MEASUREMENT);
  const span = keyOf<T>(MEASUREMENT + 8) - least;
  const end = source + usize(count) * sizeof<T>();
  let shift = u32(64 - clz<u64>(span));
  let low: u64 = 0;
  let high: u64 = 0;
  store<i64>(tables, first, RANKS);
  store<i64>(tables, second, RANKS + 8);
  let whole = true;
  while (shift > 0) {
    const digit = min(DIGIT, shift);
    shift -= digit;
    memory.fill(tables, 0, 2 * TABLE_BYTES);
    if (whole) countAll<T>(source, end, least, span, shift, tables);
    else countBins<T>(source, end, least, low, high, shift, digit, tables);
    const highTable = low == high ? tables : tables + TABLE_BYTES;
    high = (high << digit) | findBin(highTable, tables + RANKS + 8);
    low = (low << digit) | findBin(tables, tables + RANKS);
    whole = false;
  }
  storeKey<T>(MEASUREMENT, low + least);
  storeKey<T>(MEASUREMENT + 8, high + least);
}

/** The first pass: everything counts that is not above the highest finite sample (or, by wrapping, below the lowest). */
function countAll<T>(source: usize, end: usize, least: u64, span: u64, shift: u64, table: usize): void {
  for (; source < end; source += sizeof<T>()) {
    const key = keyOf<T>(source) - least;
    if (key > span) continue;
    const counter = table + (usize(key >> shift) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
  }
}

/** A later pass: of each of two bins, by their upper bits, the next digit. One table serves both if they are one. */
function countBins<T>(
  source: usize,
  end: usize,
  least: u64,
  low: u64,
  high: u64,
  shift: u64,
  digit: u64,
  tables: usize,
): void {
  const mask = ((<u64>1) << digit) - 1;
  for (; source < end; source += sizeof<T>()) {
    const key = (keyOf<T>(source) - least) >> shift;
    const bin = key >> digit;
    if (bin != low && bin != high) continue;
    const counter = tables + (bin == low ? 0 : TABLE_BYTES) + (usize(key & mask) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
  }
}

/** The bin in which the rank at `rank` lies; what lies in the bins before it is taken off the rank. */
function findBin(table: usize, rank: usize): u64 {
  let rest = load<i64>(rank);
  let bin: u64 = 0;
  for (; ; bin++, table += 4) {
    const here = i64(load<u32>(table));
    if (rest < here) break;
    rest -= here;
  }
  store<i64>(rank, rest);
  return bin;
}

function keyOf<T>(source: usize): u64 {
  if (sizeof<T>() == 4) {
    const bits = load<u32>(source);
    if (isFloat<T>()) return u64(bits ^ (u32(i32(bits) >> 31) | 0x80000000));
    return u64(isSigned<T>() ? bits ^ 0x80000000 : bits);
  }
  const bits = load<u64>(source);
  if (isFloat<T>()) return bits ^ (u64(i64(bits) >> 63) | TOP_BIT);
  return isSigned<T>() ? bits ^ TOP_BIT : bits;
}

const TOP_BIT: u64 = 0x8000000000000000;

function storeKey<T>(target: usize, key: u64): void {
  if (sizeof<T>() == 4) {
    const bits = u32(key);
    const turned = isFloat<T>() ? bits ^ (~u32(i32(bits) >> 31) | 0x80000000) : bits;
    store<u32>(target, !isFloat<T>() && isSigned<T>() ? turned ^ 0x80000000 : turned);
  } else {
    const turned = isFloat<T>() ? key ^ (~u64(i64(key) >> 63) | TOP_BIT) : key;
    store<u64>(target, !isFloat<T>() && isSigned<T>() ? turned ^ TOP_BIT : turned);
  }
}

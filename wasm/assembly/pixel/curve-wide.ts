/**
 * 32- and 64-bit samples through a curve. A sample's place in the range, t = (x - low) / (high - low), made f32, says by its
 * exponent and twelve bits of fraction which cell it is in: cells are fine where t is small, where log, sqrt and gamma rise
 * steeply. A cell tells how many thresholds lie in the cells before it, and whether any lies in itself; only then are
 * samples compared with thresholds.
 *
 *   f32 of t   │ sign 0 │ exponent 127 - 0 … 23 │ 12 bits │ 11 bits dropped │        cell   │ crossed │ levels below it │
 *
 * There are so many cells that hardly any is crossed: where one is, the processor's guess at the branch is wrong. Each step
 * from x to its cell never falls as x rises, and thresholds take the same steps, so levels are exact.
 */
import { THRESHOLDS, levelFrom } from "./steps";
import { loadDoubles } from "./widen";

const DROPPED: u32 = 11;
const OCTAVES: u32 = 24;
/** Of f32 1, with which t ends, and of 2⁻²⁴, below which all is one cell. */
const LAST_BITS: u32 = 127 << 12;
const FIRST_BITS: u32 = (127 - OCTAVES) << 12;
const CELLS: u32 = LAST_BITS - FIRST_BITS + 1;
const CROSSED: u32 = 0x100;

/** Two bytes a cell. */
export const CELLS_BYTES: usize = (usize(CELLS) * 2 + 15) & ~15;

/** Writes `count` levels at `target`. */
export function curveWideScalar<T>(
  source: usize,
  count: u32,
  target: usize,
  low: f64,
  gain: f64,
  thresholds: usize,
  cells: usize,
): void {
  const end = target + count;
  for (; target < end; target++, source += sizeof<T>()) {
    const sample = f64(load<T>(source));
    const cell = load<u16>(cells + ((<usize>cellOf((sample - low) * gain)) << 1));
    store<u8>(target, cell < CROSSED ? levelOr0<T>(sample, cell) : crossed<T>(sample, cell, thresholds));
  }
}

/** As curveWideScalar: cells of four samples a turn are found in lanes. */
export function curveWideSimd<T>(
  source: usize,
  count: u32,
  target: usize,
  low: f64,
  gain: f64,
  thresholds: usize,
  cells: usize,
): void {
  const lows = f64x2.splat(low);
  const gains = f64x2.splat(gain);
  const first = i32x4.splat(FIRST_BITS);
  const end = target + (count & ~3);
  const none = f64x2.splat(0);
  const all = f64x2.splat(1);
  const infinity = f64x2.splat(Infinity);
  for (; target < end; target += 4, source += 4 * sizeof<T>()) {
    let x = loadDoubles<T>(source);
    let y = loadDoubles<T>(source + 2 * sizeof<T>());
    if (isFloat<T>()) {
      // NaN stays; +∞ becomes NaN, as x < ∞ is false for both, and pmax and pmin make 0 of them.
      x = v128.or(x, v128.not(f64x2.lt(x, infinity)));
      y = v128.or(y, v128.not(f64x2.lt(y, infinity)));
    }
    const t = f64x2.pmin(f64x2.pmax(none, f64x2.mul(f64x2.sub(x, lows), gains)), all);
    const u = f64x2.pmin(f64x2.pmax(none, f64x2.mul(f64x2.sub(y, lows), gains)), all);
    const bits = v128.shuffle<u64>(f32x4.demote_f64x2_zero(t), f32x4.demote_f64x2_zero(u), 0, 2);
    const at = i32x4.shl(i32x4.max_s(i32x4.sub(i32x4.shr_u(bits, DROPPED), first), i32x4.splat(0)), 1);
    const a = u32(load<u16>(cells + <usize>i32x4.extract_lane(at, 0)));
    const b = u32(load<u16>(cells + <usize>i32x4.extract_lane(at, 1)));
    const c = u32(load<u16>(cells + <usize>i32x4.extract_lane(at, 2)));
    const d = u32(load<u16>(cells + <usize>i32x4.extract_lane(at, 3)));
    if ((a | b | c | d) < CROSSED) store<u32>(target, a | (b << 8) | (c << 16) | (d << 24));
    else curveWideScalar<T>(source, 4, target, low, gain, thresholds, cells);
  }
  curveWideScalar<T>(source, count & 3, target, low, gain, thresholds, cells);
}

/** Lays the cells out for these thresholds. */
export function fillCells(thresholds: usize, low: f64, gain: f64, cells: usize): void {
  let cell: u32 = 0;
  for (let k = 0; k < THRESHOLDS;) {
    const crossing = cellOf((load<f64>(thresholds + ((<usize>k) << 3)) - low) * gain);
    for (; cell < crossing; cell++) store<u16>(cells + ((<usize>cell) << 1), <u16>k);
    store<u16>(cells + ((<usize>cell) << 1), <u16>(k | CROSSED));
    cell++;
    // Further thresholds in the same cell are met by comparing.
    do k++;
    while (k < THRESHOLDS && cellOf((load<f64>(thresholds + ((<usize>k) << 3)) - low) * gain) == crossing);
  }
  for (; cell < CELLS; cell++) store<u16>(cells + ((<usize>cell) << 1), <u16>THRESHOLDS);
}

function cellOf(place: f64): u32 {
  // NaN is not > 0.
  const inside: f64 = place > 0 ? min(place, 1.0) : 0;
  const bits = reinterpret<u32>(f32(inside)) >> DROPPED;
  return bits > FIRST_BITS ? bits - FIRST_BITS : 0;
}

function levelOr0<T>(sample: f64, level: u32): u8 {
  // Only +∞ comes to a high cell without a level: NaN and -∞ come to the first one.
  if (isFloat<T>()) return u8(select<u32>(level, 0, sample < Infinity));
  return u8(level);
}

function crossed<T>(sample: f64, cell: u32, thresholds: usize): u8 {
  return levelOr0<T>(sample, levelFrom(sample, cell & 0xff, thresholds));
}

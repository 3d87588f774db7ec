/** Measuring, the SIMD twins: every lane keeps its own extremes, and the lanes are folded at the end. */
import { LANES } from "../memory";
import { foldExtremes } from "./measurement";
import { measureScalar } from "./measure-scalar";

/** As measureScalar, bit for bit. */
export function measureSimd<T>(source: usize, count: u32): void {
  // Two vectors a turn: two chains of minima keep the load ports busy.
  const turns = usize(count) / (32 / sizeof<T>());
  if (turns > 0) {
    if (isFloat<T>()) measureFloats<T>(source, turns);
    else if (sizeof<T>() == 8) measureLongs<T>(source, turns);
    else measureIntegers<T>(source, turns);
  }
  const measured = turns * (32 / sizeof<T>());
  measureScalar<T>(source + measured * sizeof<T>(), count - u32(measured));
}

function measureIntegers<T>(source: usize, turns: usize): void {
  let low0 = v128.load(source);
  let high0 = low0;
  let low1 = v128.load(source, 16);
  let high1 = low1;
  const end = source + turns * 32;
  for (; source < end; source += 32) {
    const a = v128.load(source);
    const b = v128.load(source, 16);
    low0 = v128.min<T>(low0, a);
    high0 = v128.max<T>(high0, a);
    low1 = v128.min<T>(low1, b);
    high1 = v128.max<T>(high1, b);
  }
  foldLanes<T>(v128.min<T>(low0, low1), v128.max<T>(high0, high1), i64(turns * (32 / sizeof<T>())));
}

/** There is no 64-bit minimum and no unsigned comparison: unsigned lanes are flipped to signed ones and back. */
function measureLongs<T>(source: usize, turns: usize): void {
  const flip = i64x2.splat(isSigned<T>() ? 0 : i64.MIN_VALUE);
  let low0 = v128.xor(v128.load(source), flip);
  let high0 = low0;
  let low1 = low0;
  let high1 = low0;
  const end = source + turns * 32;
  for (; source < end; source += 32) {
    const a = v128.xor(v128.load(source), flip);
    const b = v128.xor(v128.load(source, 16), flip);
    low0 = v128.bitselect(a, low0, i64x2.lt_s(a, low0));
    high0 = v128.bitselect(a, high0, i64x2.gt_s(a, high0));
    low1 = v128.bitselect(b, low1, i64x2.lt_s(b, low1));
    high1 = v128.bitselect(b, high1, i64x2.gt_s(b, high1));
  }
  const low = v128.bitselect(low0, low1, i64x2.lt_s(low0, low1));
  const high = v128.bitselect(high0, high1, i64x2.gt_s(high0, high1));
  foldLanes<T>(v128.xor(low, flip), v128.xor(high, flip), i64(turns * 4));
}

/**
 * Most frames have finite samples only, and telling so for a stretch is cheaper than counting them one by one. From the
 * first stretch on where it does not work out, each sample is looked at.
 */
function measureFloats<T>(source: usize, turns: usize): void {
  const end = source + turns * 32;
  while (source + STRETCH <= end && measureFinite<T>(source)) source += STRETCH;
  if (source < end) measureAnyFloats<T>(source, (end - source) / 32);
}

/** Bytes of a stretch; it is still in the first-level cache when it has to be gone through again. */
const STRETCH: usize = 8192;

/**
 * A stretch that is thought to be finite. An infinity would become an extreme. A NaN would not, but it would make a sum
 * NaN for good (as may infinite sums, which is no harm). If there was neither, folds the extremes and answers true.
 */
function measureFinite<T>(source: usize): bool {
  let low0 = v128.load(source);
  let high0 = low0;
  let low1 = low0;
  let high1 = low0;
  let sum0 = low0;
  let sum1 = low0;
  const end = source + STRETCH;
  for (; source < end; source += 64) {
    const a = v128.load(source);
    const b = v128.load(source, 16);
    const c = v128.load(source, 32);
    const d = v128.load(source, 48);
    low0 = v128.pmin<T>(v128.pmin<T>(low0, a), c);
    high0 = v128.pmax<T>(v128.pmax<T>(high0, a), c);
    low1 = v128.pmin<T>(v128.pmin<T>(low1, b), d);
    high1 = v128.pmax<T>(v128.pmax<T>(high1, b), d);
    sum0 = v128.add<T>(v128.add<T>(sum0, a), c);
    sum1 = v128.add<T>(v128.add<T>(sum1, b), d);
  }
  const low = v128.pmin<T>(low0, low1);
  const high = v128.pmax<T>(high0, high1);
  const sum = v128.add<T>(sum0, sum1);
  const above = v128.gt<T>(low, v128.splat<T>(<T>-Infinity));
  const below = v128.lt<T>(high, v128.splat<T>(<T>Infinity));
  const finite = v128.and(v128.and(above, below), v128.eq<T>(sum, sum));
  if (!i32x4.all_true(finite)) return false;
  foldLanes<T>(low, high, i64(STRETCH / sizeof<T>()));
  return true;
}

/**
 * Infinities are made NaN (or-ed with a mask of ones), and NaN never replaces a lane: pmin(low, x) is x only if x < low.
 * The counters take the mask of a comparison, -1 per finite lane; 32-bit ones last for the 2³⁰ floats of 4 GiB.
 */
function measureAnyFloats<T>(source: usize, turns: usize): void {
  let low0 = v128.splat<T>(<T>Infinity);
  let high0 = v128.splat<T>(<T>-Infinity);
  let low1 = low0;
  let high1 = high0;
  let counted = i64x2.splat(0);
  const end = source + turns * 32;
  for (; source < end; source += 32) {
    const a = infinitiesToNaN<T>(v128.load(source));
    const b = infinitiesToNaN<T>(v128.load(source, 16));
    low0 = v128.pmin<T>(low0, a);
    high0 = v128.pmax<T>(high0, a);
    low1 = v128.pmin<T>(low1, b);
    high1 = v128.pmax<T>(high1, b);
    counted = subtractLanes<T>(subtractLanes<T>(counted, v128.eq<T>(a, a)), v128.eq<T>(b, b));
  }
  const pairs = sizeof<T>() == 4 ? addHalves(counted) : counted;
  const finite = i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
  foldLanes<T>(v128.pmin<T>(low0, low1), v128.pmax<T>(high0, high1), finite);
}

function infinitiesToNaN<T>(x: v128): v128 {
  return v128.or(x, v128.eq<T>(v128.abs<T>(x), v128.splat<T>(<T>Infinity)));
}

/** Lanes as wide as T, as whole numbers. */
function subtractLanes<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.sub(a, b) : i64x2.sub(a, b);
}

/** Four 32-bit counters → two 64-bit ones. */
function addHalves(counted: v128): v128 {
  return i64x2.add(i64x2.extend_low_i32x4_u(counted), i64x2.extend_high_i32x4_u(counted));
}

function foldLanes<T>(low: v128, high: v128, finite: i64): void {
  v128.store(LANES, low);
  v128.store(LANES, high, 16);
  for (let at: usize = LANES; at < LANES + 16; at += sizeof<T>()) {
    foldExtremes<T>(load<T>(at), load<T>(at, 16), 0);
  }
  foldExtremes<T>(load<T>(LANES), load<T>(LANES, 16), finite);
}

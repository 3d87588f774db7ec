/** Painting pixels outside the range, the SIMD twin: sixteen pixels that all lie inside are passed over at once. */
import { paintScalar } from "./paint-scalar";
import { loadDoubles } from "./widen";

const PIXELS: usize = 16;

/** As paintScalar. */
export function paintSimd<T>(
  source: usize,
  apart: usize,
  step: usize,
  count: usize,
  low: f64,
  high: f64,
  target: usize,
  targetApart: usize,
  targetStep: usize,
): void {
  // One channel, or three interleaved ones, are one run of samples; else there are three.
  const single = apart == 0 || step > 1;
  const samples = PIXELS * step;
  for (let turn = count / PIXELS; turn > 0; turn--) {
    const clean =
      allInside<T>(source, samples, low, high) &&
      (single ||
        (allInside<T>(source + apart, samples, low, high) &&
          allInside<T>(source + 2 * apart, samples, low, high)));
    if (!clean) paintScalar<T>(source, apart, step, PIXELS, low, high, target, targetApart, targetStep);
    source += samples * sizeof<T>();
    target += PIXELS * targetStep;
  }
  paintScalar<T>(source, apart, step, count & (PIXELS - 1), low, high, target, targetApart, targetStep);
}

/** `samples` one after the other, a multiple of 16. */
function allInside<T>(source: usize, samples: usize, low: f64, high: f64): bool {
  const end = source + samples * sizeof<T>();
  if (sizeof<T>() <= 2) return allWordsInside<T>(source, end, low, high);
  const lows = f64x2.splat(low);
  const highs = f64x2.splat(high);
  let inside = i64x2.splat(-1);
  for (; source < end; source += 2 * sizeof<T>()) {
    const x = loadDoubles<T>(source);
    inside = v128.and(inside, v128.and(f64x2.ge(x, lows), f64x2.le(x, highs)));
  }
  return i64x2.all_true(inside);
}

/** Bounds that the type has not are taken as its ends, and ranges wholly outside it as holding nothing. */
function allWordsInside<T>(source: usize, end: usize, low: f64, high: f64): bool {
  const values: f64 = sizeof<T>() == 1 ? 256 : 65536;
  const least = isSigned<T>() ? -values / 2 : 0.0;
  const most = least + values - 1;
  if (low > most || high < least) return false;
  const lows = v128.splat<T>(<T>i32(max(ceil(low), least)));
  const highs = v128.splat<T>(<T>i32(min(floor(high), most)));
  let outside = i64x2.splat(0);
  for (; source < end; source += 16) {
    const x = v128.load(source);
    outside = v128.or(outside, v128.or(v128.lt<T>(x, lows), v128.gt<T>(x, highs)));
  }
  return !v128.any_true(outside);
}

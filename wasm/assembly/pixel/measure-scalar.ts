/** Measuring, the truth: sample by sample. The SIMD twin must find the same. */
import { foldExtremes } from "./measurement";

/** Folds `count` samples at `source` into the measurement; NaN and infinities are left out and not counted. */
export function measureScalar<T>(source: usize, count: u32): void {
  if (count == 0) return;
  const end = source + usize(count) * sizeof<T>();
  if (isFloat<T>()) {
    let lowest = <T>Infinity;
    let highest = <T>-Infinity;
    let finite: i64 = 0;
    for (; source < end; source += sizeof<T>()) {
      const sample = load<T>(source);
      if (!isFinite<T>(sample)) continue;
      if (sample < lowest) lowest = sample;
      if (sample > highest) highest = sample;
      finite++;
    }
    foldExtremes<T>(lowest, highest, finite);
  } else {
    let lowest = load<T>(source);
    let highest = lowest;
    for (; source < end; source += sizeof<T>()) {
      const sample = load<T>(source);
      if (sample < lowest) lowest = sample;
      if (sample > highest) highest = sample;
    }
    foldExtremes<T>(lowest, highest, count);
  }
}

/** Scaling to 8 bits, the truth: sample by sample. The SIMD twins must write the same bytes. */
import { TOP, quotient, roundLevel } from "./levels";

/** Integer samples: `count` levels at `target`. */
export function scaleIntegersScalar<T>(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const width = high - low;
  const end = target + count;
  for (; target < end; target++, source += sizeof<T>()) {
    store<u8>(target, roundLevel(quotient(f64(load<T>(source)), low, width)));
  }
}

/** Float samples, in their own arithmetic. */
export function scaleFloatsScalar<T>(source: usize, count: u32, target: usize, low: f64, high: f64): void {
  const first = <T>low;
  const gain = <T>(TOP / (high - low));
  const end = target + count;
  for (; target < end; target++, source += sizeof<T>()) {
    const sample = load<T>(source);
    // +∞ would be drawn white; NaN fails every comparison; -∞ ends below 0 by itself.
    const level = sample < <T>Infinity ? (sample - first) * gain : <T>0;
    store<u8>(target, roundLevel(level));
  }
}

/**
 * Levels by thresholds, the truth for every curve: level(x) is the number of thresholds that x has reached. The host makes
 * the 255 thresholds from the curve (wasm/core/curves.ts), so the kernels know no curve and no rounding.
 *
 *   thresholds │ T1 ≤ T2 ≤ … ≤ T255 │ f64 each        level(x) = how many Tk ≤ x        NaN, ±∞: 0
 *
 * 64-bit integers are compared as f64, like everywhere.
 */
export const THRESHOLDS: i32 = 255;

/** The level of a sample that has reached `least` thresholds at any rate. */
export function levelFrom(sample: f64, least: i32, thresholds: usize): i32 {
  let level = least;
  while (level < THRESHOLDS && sample >= load<f64>(thresholds + ((<usize>level) << 3))) level++;
  return level;
}

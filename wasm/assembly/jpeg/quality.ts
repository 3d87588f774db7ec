/**
 * Quality 1…100 → quantisation tables, number for number as libjpeg's jpeg_set_quality with force_baseline
 * (jcparam.c), so that a quality means here what it means everywhere.
 */

/** Bytes of a quantisation table: 64 u8 in natural order. */
export const QUANTISATION_BYTES: usize = 64;

/** jpeg_quality_scaling: a factor in percent; 50 leaves the tables of T.81 Annex K as they are, 100 makes them all 1. */
function scalePercent(quality: i32): i32 {
  return quality < 50 ? 5000 / quality : 200 - quality * 2;
}

/** Writes the 64 scaled steps of `base` at `table`, each clamped to 1…255, what baseline can say (T.81 B.2.4.1, Pq = 0). */
export function scaleQuantisation(base: usize, quality: i32, table: usize): void {
  const percent = scalePercent(quality);
  for (let i: usize = 0; i < 64; i++) {
    const step = (<i32>load<u8>(base + i) * percent + 50) / 100;
    store<u8>(table + i, min(max(step, 1), 255));
  }
}

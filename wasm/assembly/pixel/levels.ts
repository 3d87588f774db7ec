/**
 * The one definition of grey levels, for every sample type:
 *
 *   level(x) = clamp( round( (x - low) · 255 / (high - low) ), 0, 255 )     low → 0, high → 255, halves to even
 *   level(NaN) = level(+∞) = level(-∞) = 0
 *
 * Integers: low and high are whole numbers, computed in f64 in this order. Up to 32 bits the product is exact and the
 * quotient, rounded once, cannot reach or leave a half (halves are at least 1 / 2r = 2⁻³⁴ away, its error is below
 * 2⁻⁴⁵), so the level is the exact one. 64-bit samples become f64 first.
 * Floats: low and high are numbers of the sample type, and the arithmetic is that type's: (x - low) · gain.
 */
export const TOP: f64 = 255;

/** The level before rounding, of an integer sample. */
export function quotient(sample: f64, low: f64, width: f64): f64 {
  return ((sample - low) * TOP) / width;
}

/** Rounds and clamps; NaN becomes 0. Whole numbers are compared because branches on floats are slow on noise. */
export function roundLevel(level: f64): u8 {
  const rounded = i32(nearest(level)); // saturates, and turns NaN into 0
  const above = select<i32>(rounded, 0, rounded > 0);
  return u8(select<i32>(above, 255, above < 255));
}

/**
 * The one definition of grey levels, for every sample type:
 *
 *   level(x) = clamp( ⌊ (x - low) · 255 / (high - low) + ½ ⌋, 0, 255 )      low → 0, high → 255, halves round up
 *   level(NaN) = level(+∞) = level(-∞) = 0
 *
 * For integer samples low and high are whole numbers and the level is exactly this. They are computed in f64, where a
 * product by the rounded gain could fall just below a half that is met exactly. Levels before rounding are multiples
 * of 1/(2r), r = high - low, so a quarter of that is added: it lifts what is a half over it and nothing else.
 * (Errors are below 255 · 2⁻⁵¹; the quarter step is 2⁻³⁵ for r = 2³³, the widest range of a 32-bit type.)
 * For floats low and high are numbers of the sample type and the arithmetic is that type's own.
 */

/** Levels per unit of the sample. */
export function gainOf(low: f64, high: f64): f64 {
  return 255.0 / (high - low);
}

/** What is added before rounding down, for integer samples. */
export function liftOf(low: f64, high: f64): f64 {
  return 0.5 + 0.25 / (high - low);
}

/** Rounds down and clamps; NaN becomes 0. */
export function clampLevel(level: f64): u8 {
  if (!(level >= 1.0)) return 0;
  return level >= 255.0 ? 255 : u8(level);
}

/**
 * Means of two and of four samples without a wider type, for every sample type. Integers are rounded to nearest, halves
 * up; floats are not rounded but by their own arithmetic.
 *
 *   half(a, b) = (a + b + 1) >> 1 = (a | b) - ((a ^ b) >> 1)
 *
 * The half of two halves has been rounded up twice. It is one too large exactly if the second rounding went up (s and t
 * differ in their last bit) and the first ones had given something away (a or c was odd with its partner):
 *
 *   s = half(a, b), t = half(c, d)     (a + b + c + d + 2) >> 2 = half(s, t) - (((a ^ b) | (c ^ d)) & (s ^ t) & 1)
 */

/** The mean of two samples. */
export function half<T>(a: T, b: T): T {
  if (isFloat<T>()) return a * <T>0.5 + b * <T>0.5;
  return <T>((a | b) - ((a ^ b) >> 1));
}

/** The mean of four samples: (a, b) and (c, d) opposite each other. */
export function quarter<T>(a: T, b: T, c: T, d: T): T {
  const s = half<T>(a, b);
  const t = half<T>(c, d);
  if (isFloat<T>()) return half<T>(s, t);
  return <T>(half<T>(s, t) - (((a ^ b) | (c ^ d)) & (s ^ t) & (<T>1)));
}

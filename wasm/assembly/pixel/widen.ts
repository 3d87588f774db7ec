/** 32- and 64-bit samples as f64 lanes; 64-bit integers are rounded to nearest even as the scalar conversion does. */

/** The two samples at `source` as f64. */
export function loadDoubles<T>(source: usize): v128 {
  if (isFloat<T>()) {
    return sizeof<T>() == 8 ? v128.load(source) : f64x2.promote_low_f32x4(v128.load64_zero(source));
  }
  if (sizeof<T>() == 8) return longsToDoubles<T>(v128.load(source));
  const pair = v128.load64_zero(source);
  return isSigned<T>() ? f64x2.convert_low_i32x4_s(pair) : f64x2.convert_low_i32x4_u(pair);
}

/**
 * No instruction does this for 64 bits. Each half is made the tail of a double whose exponent gives its weight:
 *
 *   x = hi · 2³² + lo        hi' = 2⁸⁴ + hi · 2³²        lo' = 2⁵² + lo        x = (hi' - (2⁸⁴ + 2⁵²)) + lo'
 *
 * The subtraction is exact, so only the last sum rounds, once. Signed numbers are lifted by 2⁶³ before (their top bit
 * flipped) and the constant takes it off again.
 */
function longsToDoubles<T>(x: v128): v128 {
  const flip = i64x2.splat(isSigned<T>() ? i64.MIN_VALUE : 0);
  const excess = isSigned<T>() ? TWO_84 + TWO_63 + TWO_52 : TWO_84 + TWO_52;
  // Words: hi of x, exponent of 2⁸⁴; lo of x, exponent of 2⁵². Both have zeros in their low words.
  const upper = v128.shuffle<u32>(v128.xor(x, flip), f64x2.splat(TWO_84), 1, 5, 3, 7);
  const lower = v128.shuffle<u32>(x, f64x2.splat(TWO_52), 0, 5, 2, 7);
  return f64x2.add(f64x2.sub(upper, f64x2.splat(excess)), lower);
}

const TWO_52: f64 = 4503599627370496.0;
const TWO_63: f64 = 9223372036854775808.0;
const TWO_84: f64 = 19342813113834066795298816.0;

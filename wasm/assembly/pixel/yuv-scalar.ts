/**
 * Full-range YUV (ITU-R BT.601 as JFIF has it, ITU-T T.871, 7) to R G B, the truth: pixel by pixel. u = U - 128, v = V - 128.
 *
 *   R = Y + 1.402 v        G = Y - 0.344136 u - 0.714136 v        B = Y + 1.772 u         clamped to 0 … 255
 *
 * Products are of 16-bit numbers, rounded to nearest, halves up: fraction(a, b) = (a · b + 2¹⁴) >> 15. What is above 1 or
 * nearer to 2 than to 1 is taken out of the factor; G's sum is made in 128ths, and rounded once. So every level is within
 * 0.51 of the formula.
 */
export const RED_V: i32 = 13173; // 0.402
export const GREEN_U: i32 = 11277; // 0.344136
export const GREEN_V: i32 = 23401; // 0.714136
export const BLUE_U: i32 = -7471; // -0.228
/** 2⁷ for sums in 128ths, and what brings them back: 2⁻⁷ in fractions of 2¹⁵. */
export const FINE: i32 = 128;
export const COARSE: i32 = 256;

/** Pixels that share U and V lie next to each other; the samples of `luma` are told by their place in the group. */
export function yuvToRgbScalar(
  source: usize,
  groupPixels: u32,
  groups: usize,
  red: usize,
  green: usize,
  blue: usize,
): void {
  const groupBytes: usize = groupPixels == 1 ? 3 : 2 + groupPixels;
  for (let group: usize = 0; group < groups; group++, source += groupBytes) {
    const u = i32(load<u8>(source)) - 128;
    const v = i32(load<u8>(source + vPlace(groupPixels))) - 128;
    const toGreen = fraction(fraction(u * FINE, GREEN_U) + fraction(v * FINE, GREEN_V), COARSE);
    for (let pixel: u32 = 0; pixel < groupPixels; pixel++, red++, green++, blue++) {
      const y = i32(load<u8>(source + yPlace(groupPixels, pixel)));
      store<u8>(red, clamp(y + v + fraction(v, RED_V)));
      store<u8>(green, clamp(y - toGreen));
      store<u8>(blue, clamp(y + 2 * u + fraction(u, BLUE_U)));
    }
  }
}

/** U Y V │ U Y V Y │ U Y Y V Y Y */
function vPlace(groupPixels: u32): usize {
  return groupPixels == 4 ? 3 : 2;
}

function yPlace(groupPixels: u32, pixel: u32): usize {
  if (groupPixels == 4) return pixel < 2 ? 1 + pixel : 2 + pixel;
  return 1 + 2 * pixel;
}

function fraction(a: i32, b: i32): i32 {
  return (a * b + 16384) >> 15;
}

function clamp(level: i32): u8 {
  return u8(min(max(level, 0), 255));
}

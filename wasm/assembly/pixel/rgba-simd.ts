/** 8-bit samples to R G B A with A = 255, the SIMD twins: sixteen pixels a turn. */
import { toRgbaScalar } from "./rgba-scalar";

/** Planes, or one plane three times for grey. */
export function planesToRgbaSimd(red: usize, green: usize, blue: usize, count: usize, target: usize): void {
  const opaque = i8x16.splat(-1);
  const end = target + (count & ~15) * 4;
  for (; target < end; target += 64) {
    const r = v128.load(red);
    const g = v128.load(green);
    const b = v128.load(blue);
    // r0 g0 r1 g1 … r7 g7 and b0 A b1 A … b7 A, then the pairs side by side; the same for pixels 8 to 15
    const rg = v128.shuffle<u8>(r, g, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const ba = v128.shuffle<u8>(b, opaque, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const rgHigh = v128.shuffle<u8>(r, g, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const baHigh = v128.shuffle<u8>(b, opaque, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(target, v128.shuffle<u16>(rg, ba, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(target, v128.shuffle<u16>(rg, ba, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    v128.store(target, v128.shuffle<u16>(rgHigh, baHigh, 0, 8, 1, 9, 2, 10, 3, 11), 32);
    v128.store(target, v128.shuffle<u16>(rgHigh, baHigh, 4, 12, 5, 13, 6, 14, 7, 15), 48);
    red += 16;
    green += 16;
    blue += 16;
  }
  toRgbaScalar(red, green, blue, 1, count & 15, target);
}

/** R G B R G B …: 48 bytes are four times four pixels, each four made to lie in the front 12 bytes of a vector. */
export function interleavedToRgbaSimd(source: usize, count: usize, target: usize): void {
  const opaque = i32x4.splat(0xff000000);
  // R G B and a byte that opaque overwrites; index 16 and above picks 0.
  const spread = i8x16(0, 1, 2, 16, 3, 4, 5, 16, 6, 7, 8, 16, 9, 10, 11, 16);
  const end = target + (count & ~15) * 4;
  for (; target < end; target += 64, source += 48) {
    const a = v128.load(source);
    const b = v128.load(source, 16);
    const c = v128.load(source, 32);
    const second = v128.shuffle<u32>(a, b, 3, 4, 5, 6); // bytes 12 to 27
    const third = v128.shuffle<u32>(b, c, 2, 3, 4, 5); // bytes 24 to 39
    const fourth = v128.shuffle<u32>(c, c, 1, 2, 3, 3); // bytes 36 to 47
    v128.store(target, v128.or(i8x16.swizzle(a, spread), opaque));
    v128.store(target, v128.or(i8x16.swizzle(second, spread), opaque), 16);
    v128.store(target, v128.or(i8x16.swizzle(third, spread), opaque), 32);
    v128.store(target, v128.or(i8x16.swizzle(fourth, spread), opaque), 48);
  }
  toRgbaScalar(source, source + 1, source + 2, 3, count & 15, target);
}

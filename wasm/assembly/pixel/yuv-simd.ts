/** YUV to R G B, the SIMD twin: sixteen pixels a turn, the arithmetic of yuv-scalar.ts in 16-bit lanes. */
import { BLUE_U, COARSE, FINE, GREEN_U, GREEN_V, RED_V, yuvToRgbScalar } from "./yuv-scalar";

const PIXELS: usize = 16;

/** As yuvToRgbScalar. */
export function yuvToRgbSimd(
  source: usize,
  groupPixels: u32,
  groups: usize,
  red: usize,
  green: usize,
  blue: usize,
): void {
  const pixels = groups * groupPixels;
  const turns = pixels / PIXELS;
  const turnBytes: usize = groupPixels == 1 ? 48 : groupPixels == 2 ? 32 : 24;
  for (let turn: usize = 0; turn < turns; turn++, source += turnBytes) {
    if (groupPixels == 1) from444(source, red, green, blue);
    else if (groupPixels == 2) from422(source, red, green, blue);
    else from411(source, red, green, blue);
    red += PIXELS;
    green += PIXELS;
    blue += PIXELS;
  }
  yuvToRgbScalar(source, groupPixels, (pixels - turns * PIXELS) / groupPixels, red, green, blue);
}

/** U0 Y0 V0 U1 │ Y1 V1 … : every third byte of 48, gathered from two and then from all three vectors. */
function from444(source: usize, red: usize, green: usize, blue: usize): void {
  const a = v128.load(source);
  const b = v128.load(source, 16);
  const c = v128.load(source, 32);
  const u = v128.shuffle<u8>(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
  const y = v128.shuffle<u8>(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
  const v = v128.shuffle<u8>(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
  toRgb(
    v128.shuffle<u8>(u, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29),
    v128.shuffle<u8>(y, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30),
    v128.shuffle<u8>(v, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31),
    red,
    green,
    blue,
  );
}

/** U0 Y0 V0 Y1 │ U2 Y2 V2 Y3 │ … */
function from422(source: usize, red: usize, green: usize, blue: usize): void {
  const a = v128.load(source);
  const b = v128.load(source, 16);
  toRgb(
    v128.shuffle<u8>(a, b, 0, 0, 4, 4, 8, 8, 12, 12, 16, 16, 20, 20, 24, 24, 28, 28),
    v128.shuffle<u8>(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31),
    v128.shuffle<u8>(a, b, 2, 2, 6, 6, 10, 10, 14, 14, 18, 18, 22, 22, 26, 26, 30, 30),
    red,
    green,
    blue,
  );
}

/** U0 Y0 Y1 V0 Y2 Y3 │ … : 24 bytes, of which the second load has the last 16. */
function from411(source: usize, red: usize, green: usize, blue: usize): void {
  const a = v128.load(source);
  const b = v128.load(source, 8);
  toRgb(
    v128.shuffle<u8>(a, b, 0, 0, 0, 0, 6, 6, 6, 6, 12, 12, 12, 12, 26, 26, 26, 26),
    v128.shuffle<u8>(a, b, 1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 24, 25, 27, 28, 30, 31),
    v128.shuffle<u8>(a, b, 3, 3, 3, 3, 9, 9, 9, 9, 15, 15, 15, 15, 29, 29, 29, 29),
    red,
    green,
    blue,
  );
}

function toRgb(u: v128, y: v128, v: v128, red: usize, green: usize, blue: usize): void {
  const middle = i16x8.splat(128);
  const u0 = i16x8.sub(i16x8.extend_low_i8x16_u(u), middle);
  const u1 = i16x8.sub(i16x8.extend_high_i8x16_u(u), middle);
  const v0 = i16x8.sub(i16x8.extend_low_i8x16_u(v), middle);
  const v1 = i16x8.sub(i16x8.extend_high_i8x16_u(v), middle);
  const y0 = i16x8.extend_low_i8x16_u(y);
  const y1 = i16x8.extend_high_i8x16_u(y);
  v128.store(red, i8x16.narrow_i16x8_u(redOf(y0, v0), redOf(y1, v1)));
  v128.store(green, i8x16.narrow_i16x8_u(greenOf(y0, u0, v0), greenOf(y1, u1, v1)));
  v128.store(blue, i8x16.narrow_i16x8_u(blueOf(y0, u0), blueOf(y1, u1)));
}

function redOf(y: v128, v: v128): v128 {
  return i16x8.add(i16x8.add(y, v), fraction(v, RED_V));
}

function greenOf(y: v128, u: v128, v: v128): v128 {
  const fine = i16x8.splat(<i16>FINE);
  const sum = i16x8.add(fraction(i16x8.mul(u, fine), GREEN_U), fraction(i16x8.mul(v, fine), GREEN_V));
  return i16x8.sub(y, fraction(sum, COARSE));
}

function blueOf(y: v128, u: v128): v128 {
  return i16x8.add(i16x8.add(y, i16x8.add(u, u)), fraction(u, BLUE_U));
}

/** (a · b + 2¹⁴) >> 15 in each lane. */
function fraction(a: v128, b: i32): v128 {
  return i16x8.q15mulr_sat_s(a, i16x8.splat(<i16>b));
}

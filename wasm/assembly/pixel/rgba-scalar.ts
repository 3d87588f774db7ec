/** 8-bit samples to R G B A with A = 255, the truth: pixel by pixel. */

/** R, G and B of `count` pixels, each `step` bytes after the one before (3: interleaved, 1: planes, three equal: grey). */
export function toRgbaScalar(
  red: usize,
  green: usize,
  blue: usize,
  step: usize,
  count: usize,
  target: usize,
): void {
  const end = target + count * 4;
  for (; target < end; target += 4) {
    store<u8>(target, load<u8>(red));
    store<u8>(target, load<u8>(green), 1);
    store<u8>(target, load<u8>(blue), 2);
    store<u8>(target, 255, 3);
    red += step;
    green += step;
    blue += step;
  }
}

/** Painting pixels outside the range, the truth: pixel by pixel. */

/**
 * Of `count` pixels: red if a channel is above `high`; else blue if one is below `low`, NaN or infinite; else as it was. The
 * three channels lie `apart` bytes from each other (0: a grey picture has one), a pixel `step` samples from the next; the
 * same of the target, in bytes.
 */
export function paintScalar<T>(
  source: usize,
  apart: usize,
  step: usize,
  count: usize,
  low: f64,
  high: f64,
  target: usize,
  targetApart: usize,
  targetStep: usize,
): void {
  const end = source + count * step * sizeof<T>();
  for (; source < end; source += step * sizeof<T>(), target += targetStep) {
    const r = f64(load<T>(source));
    const g = f64(load<T>(source + apart));
    const b = f64(load<T>(source + 2 * apart));
    if (isAbove(r, high) || isAbove(g, high) || isAbove(b, high)) paint(target, targetApart, 255, 0);
    else if (!(isInside(r, low) && isInside(g, low) && isInside(b, low))) paint(target, targetApart, 0, 255);
  }
}

function isAbove(sample: f64, high: f64): bool {
  return sample > high && sample < Infinity;
}

function isInside(sample: f64, low: f64): bool {
  return sample >= low && sample < Infinity;
}

function paint(target: usize, apart: usize, red: u8, blue: u8): void {
  store<u8>(target, red);
  store<u8>(target + apart, 0);
  store<u8>(target + 2 * apart, blue);
}

/**
 * A division less: for most ranges up to 65535 wide, and some wider ones, multiplying by a rounded gain in f32 gives the
 * exact level of every integer sample. Which ranges, is not argued but tried, at the only places where it can go wrong.
 *
 *   n = x - low, whole, 0 … width ≤ 2²⁴         exact(n) = round(255 n / width)       fast(n) = round(f32(n · gain))
 *
 * Both only ever rise with n. So they are equal everywhere if they rise past each level k at the same n: if for the
 * least n with exact(n) ≥ k, fast(n) ≥ k and fast(n - 1) < k. That is 510 products, some microseconds a frame. Of all
 * widths to 65535 nine in ten pass with the nearest f32 to 255 / width, and half of the rest with one of its neighbours.
 */
import { TOP, quotient, roundLevel } from "./levels";

/** An f32 gain with which products in f32 are exact, or 0 where none of the three nearest is. Width ≤ 2²⁴. */
export function exactGain(width: f64): f32 {
  const nearestGain = f32(TOP / width);
  if (risesExactly(nearestGain, width)) return nearestGain;
  const above = reinterpret<f32>(reinterpret<u32>(nearestGain) + 1);
  if (risesExactly(above, width)) return above;
  const below = reinterpret<f32>(reinterpret<u32>(nearestGain) - 1);
  return risesExactly(below, width) ? below : 0;
}

function risesExactly(gain: f32, width: f64): bool {
  for (let k = 1; k <= 255; k++) {
    // The least n at or past the half below k; a half itself goes to the even one of k - 1 and k.
    let n = ceil(((f64(k) - 0.5) * width) / TOP);
    if (i32(roundLevel(quotient(n, 0, width))) < k) n++;
    if (n > width) return true;
    if (fast(n, gain) < f32(k) || fast(n - 1, gain) >= f32(k)) return false;
  }
  return true;
}

function fast(n: f64, gain: f32): f32 {
  return nearest(f32(n) * gain);
}

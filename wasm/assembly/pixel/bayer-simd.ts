/** One row of a Bayer mosaic to R, G and B, the SIMD twin for 8- and 16-bit samples: a vector of pixels a turn. */
import { demosaicRowScalar } from "./bayer-scalar";

/**
 * As demosaicRowScalar over a whole row. All five means are made for every pixel, and a mask of every second lane picks,
 * which costs less than taking columns apart and putting them together:
 *
 *   c  here          h  left, right        v  above, below        p  all four        x  the four corners
 *
 *   lanes of own colour:   own c   green p   other x          green lanes:   own h   green c   other v
 *
 * The outermost columns are left to the truth. The last vector is moved left to end with the row, so some pixels are done
 * twice; its mask follows.
 */
export function demosaicRowSimd<T>(
  above: usize,
  row: usize,
  below: usize,
  width: usize,
  phase: usize,
  own: usize,
  green: usize,
  other: usize,
): void {
  const lanes: usize = 16 / sizeof<T>();
  const last = width - 1;
  if (width < lanes + 2)
    return demosaicRowScalar<T>(above, row, below, 0, width, width, phase, own, green, other);
  demosaicRowScalar<T>(above, row, below, 0, 1, width, phase, own, green, other);
  const evenLanes = sizeof<T>() == 1 ? i16x8.splat(0xff) : i32x4.splat(0xffff);
  const ownEven = phase == 0 ? evenLanes : v128.not(evenLanes);
  const ownOdd = v128.not(ownEven);
  // Column 1 is lane 0 of the first vector, and so of all but the last.
  let x: usize = 1;
  for (; x + lanes <= last; x += lanes)
    demosaicVector<T>(above, row, below, x * sizeof<T>(), ownOdd, own, green, other);
  if (x < last) {
    x = last - lanes;
    const mask = x & 1 ? ownOdd : ownEven;
    demosaicVector<T>(above, row, below, x * sizeof<T>(), mask, own, green, other);
  }
  demosaicRowScalar<T>(above, row, below, last, width, width, phase, own, green, other);
}

function demosaicVector<T>(
  above: usize,
  row: usize,
  below: usize,
  at: usize,
  ownLanes: v128,
  own: usize,
  green: usize,
  other: usize,
): void {
  const size = sizeof<T>();
  const c = unsigned<T>(v128.load(row + at));
  const left = unsigned<T>(v128.load(row + at - size));
  const right = unsigned<T>(v128.load(row + at + size));
  const up = unsigned<T>(v128.load(above + at));
  const down = unsigned<T>(v128.load(below + at));
  const upLeft = unsigned<T>(v128.load(above + at - size));
  const upRight = unsigned<T>(v128.load(above + at + size));
  const downLeft = unsigned<T>(v128.load(below + at - size));
  const downRight = unsigned<T>(v128.load(below + at + size));
  const h = halfLanes<T>(left, right);
  const v = halfLanes<T>(up, down);
  const p = quarterLanes<T>(left, right, up, down, h, v);
  const falling = halfLanes<T>(upLeft, downRight);
  const rising = halfLanes<T>(upRight, downLeft);
  const x = quarterLanes<T>(upLeft, downRight, upRight, downLeft, falling, rising);
  v128.store(own + at, unsigned<T>(v128.bitselect(c, h, ownLanes)));
  v128.store(green + at, unsigned<T>(v128.bitselect(p, c, ownLanes)));
  v128.store(other + at, unsigned<T>(v128.bitselect(x, v, ownLanes)));
}

/** Signed samples with their top bit flipped, or flipped back. */
function unsigned<T>(lanes: v128): v128 {
  if (!isSigned<T>()) return lanes;
  return v128.xor(lanes, sizeof<T>() == 1 ? i8x16.splat(-128) : i16x8.splat(-32768));
}

/** half() of average.ts in 8- or 16-bit unsigned lanes. */
function halfLanes<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 1 ? i8x16.avgr_u(a, b) : i16x8.avgr_u(a, b);
}

/** quarter() in lanes, given s = halfLanes(a, b) and t = halfLanes(c, d), which the caller has. */
function quarterLanes<T>(a: v128, b: v128, c: v128, d: v128, s: v128, t: v128): v128 {
  const one = sizeof<T>() == 1 ? i8x16.splat(1) : i16x8.splat(1);
  const lost = v128.and(v128.and(v128.or(v128.xor(a, b), v128.xor(c, d)), v128.xor(s, t)), one);
  return sizeof<T>() == 1 ? i8x16.sub(halfLanes<T>(s, t), lost) : i16x8.sub(halfLanes<T>(s, t), lost);
}

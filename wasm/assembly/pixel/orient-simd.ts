/** Rows the other way round, the SIMD twins of reverseRowScalar. */
import { reverseRowScalar } from "./orient-scalar";

/** Pixels of one or two bytes: a vector a turn. */
export function reverseNarrowSimd(bytes: usize, source: usize, count: usize, target: usize): void {
  const order =
    bytes == 1
      ? i8x16(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
      : i8x16(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1);
  const rest = (count * bytes) & 15;
  const first = source + rest;
  for (let from = source + count * bytes; from > first; target += 16) {
    from -= 16;
    v128.store(target, i8x16.swizzle(v128.load(from), order));
  }
  reverseRowScalar(bytes, source, rest / bytes, target);
}

/**
 * Pixels of three bytes, sixteen a turn: vectors a, b, c hold pixels 0 to 15, and the result begins with pixel 15.
 *
 *     a │ 0 0 0 1 1 1 2 2 2 3 3 3 4 4 4 5 │ b │ 5 5 6 … 10 10 │ c │ 10 11 11 11 … 15 15 15 │
 */
export function reverseTripletsSimd(source: usize, count: usize, target: usize): void {
  const rest = count & 15;
  const first = source + 3 * rest;
  for (let from = source + 3 * count; from > first; target += 48) {
    from -= 48;
    const a = v128.load(from);
    const b = v128.load(from, 16);
    const c = v128.load(from, 32);
    // Bytes of b are 0 to 15 and of c 16 to 31 here; pixel 10 is bytes 30, 31 of the picture's and the first of c.
    const front = v128.shuffle<u8>(b, c, 29, 30, 31, 26, 27, 28, 23, 24, 25, 20, 21, 22, 17, 18, 19, 14);
    const ends = v128.shuffle<u8>(a, c, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 15, 15);
    const middle = v128.shuffle<u8>(b, ends, 15, 16, 11, 12, 13, 8, 9, 10, 5, 6, 7, 2, 3, 4, 31, 0);
    const back = v128.shuffle<u8>(a, b, 17, 12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2);
    v128.store(target, front);
    v128.store(target, middle, 16);
    v128.store(target, back, 32);
  }
  reverseRowScalar(3, source, rest, target);
}

/**
 * The SIMD twin of repeatScalar. Near distances are spread over a vector once, which is stored again and again, each time
 * a whole number of patterns on:
 *
 *   distance 3   ┊ a b c │            bytes before the target
 *   pattern        a b c a b c a b c a b c a b c a      step 15
 *
 * Others are copied by vectors. A load that spans two stores still on their way waits for both, so before a long copy the
 * distance is doubled until they are far behind: what repeats after 20 bytes repeats after 40 too.
 */

/** Bytes behind the target that stores have left behind. */
const SETTLED: usize = 256;

/** 16 indices for each distance from 0 to 15: index modulo distance. */
const PATTERNS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1,
  0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5,
  0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
  4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6,
  7, 8, 9, 10, 11, 12, 0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8,
  9, 10, 11, 12, 13, 14, 0,
]);

/** Bytes of whole patterns in a vector, for each distance from 0 to 15. */
const STEPS = memory.data<u8>([0, 16, 16, 15, 16, 15, 12, 14, 16, 9, 10, 11, 12, 13, 14, 15]);

/** Writes at least `bytes` and up to 15 more. */
export function repeatSimd(target: usize, distance: usize, bytes: usize): void {
  const end = target + bytes;
  if (distance >= 16) return copyAgain(target, distance, end);
  // The vector begins with the pattern; what follows it in memory is not picked.
  const pattern = i8x16.swizzle(v128.load(target - distance), v128.load(PATTERNS + (distance << 4)));
  const step: usize = load<u8>(STEPS + distance);
  do {
    v128.store(target, pattern);
    target += step;
  } while (target < end);
}

function copyAgain(target: usize, distance: usize, end: usize): void {
  for (; distance < SETTLED && target + distance < end; distance <<= 1) {
    const next = target + distance;
    do {
      v128.store(target, v128.load(target - distance));
      target += 16;
    } while (target < next);
    target = next;
  }
  let source = target - distance;
  do {
    v128.store(target, v128.load(source));
    target += 16;
    source += 16;
  } while (target < end);
}

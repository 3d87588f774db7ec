/** The truth of repeatWild: bytes equal to those a distance before them. */

/** Writes at least `bytes`, and up to 7 more where the distance allows steps of 8. */
export function repeatScalar(target: usize, distance: usize, bytes: usize): void {
  const end = target + bytes;
  if (distance >= 8) {
    do {
      store<u64>(target, load<u64>(target - distance));
      target += 8;
    } while (target < end);
    return;
  }
  if (distance == 1) {
    const all: u64 = u64(load<u8>(target - 1)) * 0x0101010101010101;
    do {
      store<u64>(target, all);
      target += 8;
    } while (target < end);
    return;
  }
  for (; target < end; target++) store<u8>(target, load<u8>(target - distance));
}

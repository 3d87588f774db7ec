/** The truth: eight elements a turn, a byte of each at a time, as a matrix of 8 × 8 bits that is turned over. */

/** Columns from `column` to `row`, which is the bytes of a row; bytes per element as they come. */
export function bitUnshuffleScalar(
  bytes: usize,
  source: usize,
  row: usize,
  column: usize,
  target: usize,
): void {
  target += column * 8 * bytes;
  for (; column < row; column++, target += 8 * bytes) {
    for (let byte: usize = 0; byte < bytes; byte++) {
      let from = source + byte * 8 * row + column;
      let bits: u64 = 0;
      for (let bit: u64 = 0; bit < 64; bit += 8, from += row) bits |= u64(load<u8>(from)) << bit;
      bits = turnBits(bits);
      let to = target + byte;
      for (let element = 0; element < 8; element++, to += bytes, bits >>= 8) store<u8>(to, u8(bits));
    }
  }
}

/** Bit i of byte k becomes bit k of byte i: blocks of 1, 2 and 4 bits change sides of the diagonal (Hacker's Delight, 7-3). */
function turnBits(bits: u64): u64 {
  let moved: u64 = (bits ^ (bits >> 7)) & 0x00aa00aa00aa00aa;
  bits ^= moved ^ (moved << 7);
  moved = (bits ^ (bits >> 14)) & 0x0000cccc0000cccc;
  bits ^= moved ^ (moved << 14);
  moved = (bits ^ (bits >> 28)) & 0x00000000f0f0f0f0;
  return bits ^ moved ^ (moved << 28);
}

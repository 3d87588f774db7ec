/** The SIMD twin for elements of 2, 4 and 8 bytes: sixteen elements a turn, their bytes interleaved. */
import { byteUnshuffleScalar } from "./byte-unshuffle-scalar";
import { gather8 } from "./gather-rows";

/** As byteUnshuffleScalar from element 0, bit for bit. */
export function byteUnshuffleSimd(bytes: usize, source: usize, count: usize, target: usize): void {
  const turns = count & ~15;
  if (bytes == 2) pairs(source, count, turns, target);
  else if (bytes == 4) fours(source, count, turns, target);
  else if (bytes == 8) {
    // Eight rows of bytes gathered by columns are elements of eight bytes.
    gather8(source, count, turns, target);
  } else return byteUnshuffleScalar(bytes, source, count, 0, target);
  byteUnshuffleScalar(bytes, source, count, turns, target);
}

function pairs(source: usize, count: usize, turns: usize, target: usize): void {
  const end = source + turns;
  for (; source < end; source += 16, target += 32) {
    const a = v128.load(source);
    const b = v128.load(source + count);
    v128.store(target, v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(
      target,
      v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
      16,
    );
  }
}

function fours(source: usize, count: usize, turns: usize, target: usize): void {
  const end = source + turns;
  for (; source < end; source += 16, target += 64) {
    const a = v128.load(source);
    const b = v128.load(source + count);
    const c = v128.load(source + 2 * count);
    const d = v128.load(source + 3 * count);
    const ab = v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const cd = v128.shuffle<u8>(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    v128.store(target, v128.shuffle<u16>(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(target, v128.shuffle<u16>(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    const abHigh = v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const cdHigh = v128.shuffle<u8>(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(target, v128.shuffle<u16>(abHigh, cdHigh, 0, 8, 1, 9, 2, 10, 3, 11), 32);
    v128.store(target, v128.shuffle<u16>(abHigh, cdHigh, 4, 12, 5, 13, 6, 14, 7, 15), 48);
  }
}

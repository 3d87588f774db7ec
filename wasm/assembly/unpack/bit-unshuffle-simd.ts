/**
 * The SIMD twin: strips of up to 64 columns, sixteen rows of each at a time, that is one half-word of 512 elements.
 *
 *   rows 0 … 7   ─→ gather8 ─→ UNPACK_TILE  column 0, rows 0 … 7 │ column 1 │ …
 *   rows 8 … 15  ─→ gather8 ─→ UPPER        column 0, rows 8 … 15 │ …
 *
 *   a column's sixteen bytes in a vector: bitmask takes the top bit of each, which is one half-word of the column's
 *   element 7; doubling the bytes brings up element 6, and so on
 *
 * Strips whose upper rows are zero, as those of most detectors are, and single bytes are turned over as in the truth, two
 * columns a vector.
 */
import { UNPACK_TILE } from "../memory";
import { bitUnshuffleScalar } from "./bit-unshuffle-scalar";
import { gather8 } from "./gather-rows";

/** Columns of a strip. */
const STRIP: usize = 64;

/** Where the upper rows of a strip are gathered. */
const UPPER: usize = 8 * STRIP;

/** As bitUnshuffleScalar from column 0, bit for bit. */
export function bitUnshuffleSimd(bytes: usize, source: usize, row: usize, target: usize): void {
  let columns: usize = row & ~15;
  if (bytes == 1) turnStrips(source, row, columns, target);
  else if (bytes == 2) pickStrips<u16>(source, row, columns, target);
  else if (bytes == 4) pickStrips<u32>(source, row, columns, target);
  else if (bytes == 8) pickStrips<u64>(source, row, columns, target);
  else columns = 0;
  bitUnshuffleScalar(bytes, source, row, columns, target);
}

/** Half-words of elements T. */
function pickStrips<T>(source: usize, row: usize, columns: usize, target: usize): void {
  for (let column: usize = 0; column < columns; column += STRIP) {
    const strip = min(STRIP, columns - column);
    for (let byte: usize = 0; byte < sizeof<T>(); byte += 2) {
      const from = source + byte * 8 * row + column;
      const to = target + column * 8 * sizeof<T>() + byte;
      const lower = gather8(from, row, strip, UNPACK_TILE);
      if (gather8(from + 8 * row, row, strip, UNPACK_TILE + UPPER)) pick<T>(strip, to);
      else if (lower && sizeof<T>() == 2) turnWide(strip, to);
      else if (lower) pick<T>(strip, to);
      else clear<T>(strip, to);
    }
  }
}

/** The half-words of eight elements a turn, the last first. */
function pick<T>(columns: usize, target: usize): void {
  const end = UNPACK_TILE + 8 * columns;
  for (let at: usize = UNPACK_TILE; at < end; at += 8, target += 8 * sizeof<T>()) {
    let bits = v128.load64_lane(at, v128.load64_zero(at), 1, UPPER);
    store<u16>(target, u16(i8x16.bitmask(bits)), 7 * sizeof<T>());
    bits = i8x16.add(bits, bits);
    store<u16>(target, u16(i8x16.bitmask(bits)), 6 * sizeof<T>());
    bits = i8x16.add(bits, bits);
    store<u16>(target, u16(i8x16.bitmask(bits)), 5 * sizeof<T>());
    bits = i8x16.add(bits, bits);
    store<u16>(target, u16(i8x16.bitmask(bits)), 4 * sizeof<T>());
    bits = i8x16.add(bits, bits);
    store<u16>(target, u16(i8x16.bitmask(bits)), 3 * sizeof<T>());
    bits = i8x16.add(bits, bits);
    store<u16>(target, u16(i8x16.bitmask(bits)), 2 * sizeof<T>());
    bits = i8x16.add(bits, bits);
    store<u16>(target, u16(i8x16.bitmask(bits)), sizeof<T>());
    bits = i8x16.add(bits, bits);
    store<u16>(target, u16(i8x16.bitmask(bits)));
  }
}

/** Half-words of which no bit is set. */
function clear<T>(columns: usize, target: usize): void {
  const end = target + columns * 8 * sizeof<T>();
  for (; target < end; target += sizeof<T>()) store<u16>(target, 0);
}

/** Single bytes. */
function turnStrips(source: usize, row: usize, columns: usize, target: usize): void {
  for (let column: usize = 0; column < columns; column += STRIP) {
    const strip = min(STRIP, columns - column);
    gather8(source + column, row, strip, UNPACK_TILE);
    const end = UNPACK_TILE + 8 * strip;
    let to = target + 8 * column;
    for (let at: usize = UNPACK_TILE; at < end; at += 16, to += 16) v128.store(to, turnBits(v128.load(at)));
  }
}

/** Half-words of which only the lower byte has bits. */
function turnWide(columns: usize, target: usize): void {
  const end = UNPACK_TILE + 8 * columns;
  for (let at: usize = UNPACK_TILE; at < end; at += 16, target += 32) {
    const bytes = turnBits(v128.load(at));
    v128.store(target, i16x8.extend_low_i8x16_u(bytes));
    v128.store(target, i16x8.extend_high_i8x16_u(bytes), 16);
  }
}

/** Two columns, each as turnBits in bit-unshuffle-scalar.ts. */
function turnBits(bits: v128): v128 {
  let moved = v128.and(v128.xor(bits, i64x2.shr_u(bits, 7)), i64x2.splat(0x00aa00aa00aa00aa));
  bits = v128.xor(bits, v128.xor(moved, i64x2.shl(moved, 7)));
  moved = v128.and(v128.xor(bits, i64x2.shr_u(bits, 14)), i64x2.splat(0x0000cccc0000cccc));
  bits = v128.xor(bits, v128.xor(moved, i64x2.shl(moved, 14)));
  moved = v128.and(v128.xor(bits, i64x2.shr_u(bits, 28)), i64x2.splat(0x00000000f0f0f0f0));
  return v128.xor(bits, v128.xor(moved, i64x2.shl(moved, 28)));
}

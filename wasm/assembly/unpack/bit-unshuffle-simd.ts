/**
 * The SIMD twin: sixteen columns of sixteen rows a turn, that is one half-word of 128 elements.
 *
 *   rows 0 … 7   ─→ gather8 ─→ TILE        column 0, rows 0 … 7 │ column 1 │ … │ column 15
 *   rows 8 … 15  ─→ gather8 ─→ TILE + 128  column 0, rows 8 … 15 │ …
 *
 *   a column's sixteen bytes in a vector: bitmask takes the top bit of each, which is one half-word of the column's
 *   element 7; doubling the bytes brings up element 6, and so on
 *
 * Rows of zeros, as the high bits of most detectors are, are seen and cost nothing more. Single bytes are turned over as
 * in the truth, two columns a vector.
 */
import { UNPACK_TILE } from "../memory";
import { bitUnshuffleScalar } from "./bit-unshuffle-scalar";
import { gather8 } from "./gather-rows";

const UPPER: usize = 128;

/** As bitUnshuffleScalar from column 0, bit for bit. */
export function bitUnshuffleSimd(bytes: usize, source: usize, row: usize, target: usize): void {
  const columns = row & ~15;
  if (bytes == 1) {
    for (let column: usize = 0; column < columns; column += 16)
      turnTile(source + column, row, target + column * 8);
  } else if ((bytes & 1) == 0) {
    for (let column: usize = 0; column < columns; column += 16) {
      for (let byte: usize = 0; byte < bytes; byte += 2) {
        pickTile(bytes, source + byte * 8 * row + column, row, target + column * 8 * bytes + byte);
      }
    }
  } else return bitUnshuffleScalar(bytes, source, row, 0, target);
  bitUnshuffleScalar(bytes, source, row, columns, target);
}

/** One half-word of 128 elements, `bytes` apart. */
function pickTile(bytes: usize, source: usize, row: usize, target: usize): void {
  const lower = gather8(source, row, UNPACK_TILE);
  const upper = gather8(source + 8 * row, row, UNPACK_TILE + UPPER);
  const step: usize = 8 * bytes;
  if (lower | upper) {
    for (let column: usize = 0; column < 128; column += 8, target += step) {
      let bits = v128.load64_zero(UNPACK_TILE + column);
      if (upper) bits = v128.load64_lane(UNPACK_TILE + UPPER + column, bits, 1);
      pick(bits, bytes, target);
    }
  } else {
    const end = target + 16 * step;
    for (; target < end; target += bytes) store<u16>(target, 0);
  }
}

/** The half-words of eight elements, the last first. */
function pick(bits: v128, bytes: usize, target: usize): void {
  let to = target + 7 * bytes;
  store<u16>(to, u16(i8x16.bitmask(bits)));
  for (let element = 0; element < 7; element++) {
    bits = i8x16.add(bits, bits);
    to -= bytes;
    store<u16>(to, u16(i8x16.bitmask(bits)));
  }
}

/** 128 single bytes. */
function turnTile(source: usize, row: usize, target: usize): void {
  gather8(source, row, UNPACK_TILE);
  for (let at: usize = 0; at < 128; at += 16) {
    let bits = v128.load(UNPACK_TILE + at);
    let moved = v128.and(v128.xor(bits, i64x2.shr_u(bits, 7)), i64x2.splat(0x00aa00aa00aa00aa));
    bits = v128.xor(bits, v128.xor(moved, i64x2.shl(moved, 7)));
    moved = v128.and(v128.xor(bits, i64x2.shr_u(bits, 14)), i64x2.splat(0x0000cccc0000cccc));
    bits = v128.xor(bits, v128.xor(moved, i64x2.shl(moved, 14)));
    moved = v128.and(v128.xor(bits, i64x2.shr_u(bits, 28)), i64x2.splat(0x00000000f0f0f0f0));
    v128.store(target + at, v128.xor(bits, v128.xor(moved, i64x2.shl(moved, 28))));
  }
}

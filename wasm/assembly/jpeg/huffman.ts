/**
 * Huffman codes in the shape in which the coder looks them up. Those of the specifications of T.81 Annex K are made once,
 * when the module starts, and constant ever after; those of other specifications once a job.
 *
 *       0 ┌────────────────────────────┐
 *         │ DC      16 × u32           │ by size
 *      64 ├────────────────────────────┤ AC
 *         │ AC     256 × u32           │ by run << 4 | size; (0, 0) is end of block, (15, 0) sixteen zeros
 *    1088 ├────────────────────────────┤ SMALL
 *         │ AC  64 × 64 × u32          │ by run + 1, then coefficient − CLIP_LOW: code and coefficient bits in one;
 *   17472 └────────────────────────────┘ 0 where the run is above 15 or the coefficient not surely known
 *
 * Every entry is a token: bits << 6 | number of bits. No token has more than 16 bits of code and 10 of coefficient.
 */
import { CLIP_HIGH, CLIP_LOW } from "./block";
import { CHROMINANCE_AC, CHROMINANCE_DC, HUFFMAN_COUNTS, LUMINANCE_AC, LUMINANCE_DC } from "./tables";

export const AC: usize = 64;
export const SMALL: usize = 1088;
export const CODES_BYTES: i32 = 17472;

/** Bytes of SMALL from one run to the next, as a shift. */
export const SMALL_RUN_SHIFT: usize = 8;

/** Six bits, so that a token as a distance of a 64-bit shift is its own length. */
export const LENGTH_BITS: u32 = 6;
export const LENGTH_MASK: u32 = 63;

/** T.81 F.1.2.2.1: the symbol of sixteen zeros in a row, ZRL. */
export const ZRL: usize = 0xf0;

export const LUMINANCE_CODES: usize = makeCodes(memory.data(CODES_BYTES), LUMINANCE_DC, LUMINANCE_AC);
export const CHROMINANCE_CODES: usize = makeCodes(memory.data(CODES_BYTES), CHROMINANCE_DC, CHROMINANCE_AC);

/** The size category of T.81 tables F.1 and F.2: how many bits the magnitude has. */
export function sizeOf(value: i32): u32 {
  return 32 - clz(abs(value));
}

/** The `size` low bits that follow the code: the value itself, or value − 1 if it is negative (T.81 F.1.2.1.1). */
export function extraBits(value: i32, size: u32): u32 {
  return (<u32>(value + (value >> 31))) & ((1 << size) - 1);
}

/** The Huffman code `code` with the bits of `value` behind it. */
export function tokenOf(code: u32, value: i32, size: u32): u32 {
  const bits = ((code >> LENGTH_BITS) << size) | extraBits(value, size);
  return (bits << LENGTH_BITS) | ((code & LENGTH_MASK) + size);
}

/** Makes the CODES_BYTES at `codes` from two specifications as DHT carries them; returns `codes`. */
export function makeCodes(codes: usize, dcSpecification: usize, acSpecification: usize): usize {
  memory.fill(codes, 0, CODES_BYTES);
  assignCodes(codes, dcSpecification);
  assignCodes(codes + AC, acSpecification);
  for (let run: usize = 0; run < 16; run++) {
    const row = codes + SMALL + ((run + 1) << SMALL_RUN_SHIFT);
    for (let value = CLIP_LOW + 1; value < CLIP_HIGH; value++) {
      const size = sizeOf(value);
      const code = load<u32>(codes + AC + ((run << 4) | size) * 4);
      if (value != 0) store<u32>(row + <usize>(value - CLIP_LOW) * 4, tokenOf(code, value, size));
    }
  }
  return codes;
}

/** T.81 Annex C.2: codes of one length are consecutive, and the next length goes on at twice the number. */
function assignCodes(codes: usize, specification: usize): void {
  let symbol = specification + HUFFMAN_COUNTS;
  let code: u32 = 0;
  for (let length: u32 = 1; length <= 16; length++) {
    for (let left = load<u8>(specification + length - 1); left > 0; left--) {
      store<u32>(codes + <usize>load<u8>(symbol) * 4, (code << LENGTH_BITS) | length);
      symbol++;
      code++;
    }
    code <<= 1;
  }
}

/**
 * Huffman codes from the specifications of T.81 Annex K, in the shape in which the coder looks them up. Made once, when
 * the module starts; constant ever after.
 *
 *       0 ┌────────────────────────────┐
 *         │ DC      16 × u32           │ by size
 *      64 ├────────────────────────────┤ AC
 *         │ AC     256 × u32           │ by run << 4 | size; (0, 0) is end of block, (15, 0) sixteen zeros
 *    1088 ├────────────────────────────┤ SMALL
 *         │ AC  16 × 128 × u32         │ by run, then coefficient + 64: Huffman code and coefficient bits in one
 *    9280 └────────────────────────────┘
 *
 * Every entry is a token: bits << 5 | number of bits. The longest, 16 of code and 7 of a small coefficient, fits.
 */
import { CHROMINANCE_AC, CHROMINANCE_DC, HUFFMAN_COUNTS, LUMINANCE_AC, LUMINANCE_DC } from "./tables";

export const AC: usize = 64;
export const SMALL: usize = 1088;
const CODES_BYTES: i32 = 9280;

/** Coefficients −64…63 are small. */
export const SMALL_BIAS: i32 = 64;

export const LENGTH_BITS: u32 = 5;
export const LENGTH_MASK: u32 = 31;

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
  return <u32>(value + (value >> 31)) & ((1 << size) - 1);
}

function makeCodes(codes: usize, dcSpecification: usize, acSpecification: usize): usize {
  assignCodes(codes, dcSpecification);
  assignCodes(codes + AC, acSpecification);
  for (let run = 0; run < 16; run++) {
    for (let value = -SMALL_BIAS; value < SMALL_BIAS; value++) {
      if (value != 0) store<u32>(smallEntry(codes, run, value), smallToken(codes + AC, run, value));
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

function smallEntry(codes: usize, run: i32, value: i32): usize {
  return codes + SMALL + <usize>(run * 128 + value + SMALL_BIAS) * 4;
}

function smallToken(acCodes: usize, run: i32, value: i32): u32 {
  const size = sizeOf(value);
  const code = load<u32>(acCodes + <usize>((run << 4) | size) * 4);
  const bits = ((code >> LENGTH_BITS) << size) | extraBits(value, size);
  return (bits << LENGTH_BITS) | ((code & LENGTH_MASK) + size);
}

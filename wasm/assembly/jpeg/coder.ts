/**
 * Entropy coding of quantised blocks, T.81 F.1.2: DC as the difference to the block before it, AC as runs of zeros and
 * what follows them. Bits go out as whole 64-bit words (see bits.ts).
 */
import { BitState } from "./bits";
import { BLOCK_BYTES, CLIPPED, NON_ZERO, dc } from "./block";
import { AC, LENGTH_BITS, LENGTH_MASK, SMALL, SMALL_BIAS, ZRL, extraBits, sizeOf } from "./huffman";
import { ZIGZAG } from "./tables";

/** One colour component of the scan. */
@unmanaged
export class Component {
  /** DC of its last coded block; 0 at the start of the scan. */
  prediction: i32;
  /** Its Huffman codes, as huffman.ts lays them out. */
  codes: usize;
  /** Its divisors, as quantize.ts makes them. */
  divisors: usize;
}

export const COMPONENT_BYTES: usize = 16;

/**
 * Most bytes of bits a block can take: DC with a code of 11 and 11 bits and the end of block of the block before it,
 * 4; 63 AC with a code of 16 and 10 bits each. 1664 bits, to the bit.
 */
export const BLOCK_BITS_BYTES_MAX: usize = 208;

/**
 * Codes `count` blocks that lie one after another at `blocks`, in the order of the scan. `script` lists the component of
 * each block of an MCU, u32 addresses up to `scriptEnd`, and is gone through again and again; `count` is whole MCUs.
 * Stores words at `words` and returns the first address after them; there must be room for BLOCK_BITS_BYTES_MAX a block.
 */
export function codeBlocks(
  blocks: usize,
  count: i32,
  script: usize,
  scriptEnd: usize,
  state: BitState,
  words: usize,
): usize {
  let accumulator = state.accumulator;
  let free = state.free;
  let pending = state.pending;
  const blocksEnd = blocks + <usize>count * BLOCK_BYTES;
  let step = script;
  for (let block = blocks; block < blocksEnd; block += BLOCK_BYTES) {
    const component = changetype<Component>(<usize>load<u32>(step));
    step += 4;
    if (step == scriptEnd) step = script;
    const codes = component.codes;

    // DC, and before it the end of the previous block
    const difference = dc(block) - component.prediction;
    component.prediction = dc(block);
    const dcSize = sizeOf(difference);
    const dcToken = load<u32>(codes + <usize>dcSize * 4);
    const dcLength = (dcToken & LENGTH_MASK) + dcSize;
    const dcBits = ((dcToken >> LENGTH_BITS) << dcSize) | extraBits(difference, dcSize);
    let bits = (<u64>(pending >> LENGTH_BITS) << dcLength) | <u64>dcBits;
    let length = <i64>((pending & LENGTH_MASK) + dcLength);
    free -= length;
    if (free < 0) {
      store<u64>(words, (accumulator << (length + free)) | (bits >> -free));
      words += 8;
      free += 64;
      accumulator = bits;
    } else {
      accumulator = (accumulator << length) | bits;
    }

    // AC; bit 0 of the mask is always zigzag position + 1
    const smalls = codes + SMALL + SMALL_BIAS * 4;
    let position = block + CLIPPED;
    const nonZero = load<u64>(block, NON_ZERO);
    let mask = nonZero >> 1;
    while (mask != 0) {
      let run = <usize>ctz(mask);
      position += run + 1;
      mask >>= <u64>(run + 1);
      const value = <isize>load<i8>(position);
      if (run < 16 && <usize>(value + SMALL_BIAS) < 2 * SMALL_BIAS) {
        const token = load<u32>(smalls + (run << 9) + (value << 2));
        bits = <u64>(token >> LENGTH_BITS);
        length = <i64>(token & LENGTH_MASK);
      } else {
        const natural = <usize>load<u8>(ZIGZAG + (position - block - CLIPPED));
        const coefficient = <i32>load<i16>(block + natural * 2);
        const size = sizeOf(coefficient);
        const token = load<u32>(codes + AC + (((run & 15) << 4) | size) * 4);
        bits = <u64>(((token >> LENGTH_BITS) << size) | extraBits(coefficient, size));
        length = <i64>((token & LENGTH_MASK) + size);
        // up to three times sixteen zeros go before it: 33 + 26 bits are still one put
        const zrl = load<u32>(codes + AC + ZRL * 4);
        for (; run > 15; run -= 16) {
          bits |= <u64>(zrl >> LENGTH_BITS) << length;
          length += <i64>(zrl & LENGTH_MASK);
        }
      }
      free -= length;
      if (free < 0) {
        store<u64>(words, (accumulator << (length + free)) | (bits >> -free));
        words += 8;
        free += 64;
        accumulator = bits;
      } else {
        accumulator = (accumulator << length) | bits;
      }
    }
    pending = nonZero >> 63 ? 0 : load<u32>(codes + AC);
  }
  state.accumulator = accumulator;
  state.free = free;
  state.pending = pending;
  return words;
}

/** Puts the end of block that is still pending, when the scan is over. Returns as codeBlocks. */
export function codeEnd(state: BitState, words: usize): usize {
  const length = <i64>(state.pending & LENGTH_MASK);
  const bits = <u64>(state.pending >> LENGTH_BITS);
  state.pending = 0;
  state.free -= length;
  if (state.free >= 0) {
    state.accumulator = (state.accumulator << length) | bits;
    return words;
  }
  store<u64>(words, (state.accumulator << (length + state.free)) | (bits >> -state.free));
  state.free += 64;
  state.accumulator = bits;
  return words + 8;
}

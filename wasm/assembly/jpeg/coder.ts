/**
 * Entropy coding of quantised blocks, T.81 F.1.2: DC as the difference to the block before it, AC as runs of zeros and
 * what follows them. Bits go out as whole 64-bit words (see bits.ts).
 */
import { BitState } from "./bits";
import { BLOCK_BYTES, CLIPPED, CLIP_BIAS, CLIP_LOW, NON_ZERO, dc } from "./block";
import { AC, LENGTH_BITS, LENGTH_MASK, SMALL, SMALL_RUN_SHIFT, ZRL, sizeOf, tokenOf } from "./huffman";
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
  /** Where its symbols are counted (count.ts), or 0. */
  counts: usize;
  /** DC of the block that was counted last. */
  counted: i32;
}

export const COMPONENT_BYTES: usize = 32;

/** Most bytes of bits a block can take: DC with a code of 16 and 11 bits, 63 AC with one of 16 and 10 each; 1665 bits. */
export const BLOCK_BITS_BYTES_MAX: usize = 209;

/** The last zigzag position: after it no end of block is sent. */
const LAST: usize = 63;

/** From a component's codes to where the small token of a clipped byte of 0 would be. */
const SMALL_OFFSET: usize = SMALL - <usize>(CLIP_LOW + CLIP_BIAS) * 4;

/**
 * Codes `count` blocks that lie one after another at `blocks`, in the order of the scan. `script` lists the component of
 * each block of an MCU, u32 addresses up to `scriptEnd`, and is gone through again and again; `count` is whole MCUs.
 * Words go to state.words, where there must be room for BLOCK_BITS_BYTES_MAX a block.
 */
export function codeBlocks(
  blocks: usize,
  count: i32,
  script: usize,
  scriptEnd: usize,
  state: BitState,
): void {
  const blocksEnd = blocks + <usize>count * BLOCK_BYTES;
  let next = script;
  for (let block = blocks; block < blocksEnd; block += BLOCK_BYTES) {
    const component = changetype<Component>(<usize>load<u32>(next));
    next += 4;
    if (next == scriptEnd) next = script;
    codeBlock(block, component, state);
  }
}

/**
 * One block: a token for DC, one for each AC coefficient that is not zero, end of block if zeros follow the last. This is
 * the encoder's innermost loop, so the writing of bits is not a function, and all that it touches is in locals.
 * `position` goes along the coefficients that are not zero; `previous` is the one before it.
 */
function codeBlock(block: usize, component: Component, state: BitState): void {
  const codes = component.codes;
  let accumulator = state.accumulator;
  let free = state.free;
  let words = state.words;
  let previous: usize = 0;
  let mask = load<u64>(block, NON_ZERO) & ~1;
  let token = differenceToken(block, component);
  for (;;) {
    const bits = <u64>(token >> LENGTH_BITS);
    const length = <i64>(token & LENGTH_MASK);
    free -= length;
    if (free < 0) {
      store<u64>(words, (accumulator << (length + free)) | (bits >> -free));
      words += 8;
      free += 64;
    }
    accumulator = (accumulator << length) | bits;
    if (mask == 0) {
      if (previous == LAST) break;
      token = load<u32>(codes, AC);
      previous = LAST;
      continue;
    }
    const position = <usize>ctz(mask);
    const clipped = <usize>load<u8>(block + position, CLIPPED);
    const step = position - previous;
    token = load<u32>(codes + (step << SMALL_RUN_SHIFT) + (clipped << 2), SMALL_OFFSET);
    mask &= mask - 1;
    previous = position;
    if (token == 0) {
      if (step > 16) {
        // sixteen zeros, and then the same coefficient once more
        token = load<u32>(codes, AC + ZRL * 4);
        mask |= (<u64>1) << position;
        previous = position - step + 16;
      } else token = largeToken(block, position, codes, step - 1);
    }
  }
  state.accumulator = accumulator;
  state.free = free;
  state.words = words;
}

/** The DC of the block as a difference to its component's last one, which it takes the place of. */
function differenceToken(block: usize, component: Component): u32 {
  const difference = dc(block) - component.prediction;
  component.prediction = dc(block);
  const size = sizeOf(difference);
  return tokenOf(load<u32>(component.codes + <usize>size * 4), difference, size);
}

/** A coefficient that its clipped byte does not tell, after `run` zeros, at most 15. */
function largeToken(block: usize, position: usize, codes: usize, run: usize): u32 {
  const natural = <usize>load<u8>(ZIGZAG + position);
  const coefficient = <i32>load<i16>(block + natural * 2);
  const size = sizeOf(coefficient);
  return tokenOf(load<u32>(codes + AC + ((run << 4) | size) * 4), coefficient, size);
}

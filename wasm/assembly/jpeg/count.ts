/**
 * How often each Huffman symbol is needed, from which the host makes tables for the next picture. Counting every block
 * would cost as much as a part of coding it, so some batches are counted, along diagonals of the picture, and which
 * they are depends on nothing but where they lie: parts of a picture count what the whole would.
 *
 *        0 ┌─────────────────┐
 *          │ DC    256 × u32 │ by size
 *     1024 ├─────────────────┤ AC_COUNTS
 *          │ AC    256 × u32 │ by run << 4 | size
 *     2048 └─────────────────┘ and the same of chrominance
 */
import { BLOCK_BYTES, NON_ZERO, dc } from "./block";
import { Component } from "./coder";
import { ZRL, sizeOf } from "./huffman";
import { ZIGZAG } from "./tables";

const AC_COUNTS: usize = 1024;
/** Of one pair of tables. */
export const COUNTS_BYTES: usize = 2048;

/** At most one batch in so many is counted … */
const SPARSEST: i32 = 32;
/** … but about so many of a picture, if it has them. */
const ENOUGH: i32 = 16;

/** Batches of which row and place in the row add up to a multiple of this are counted. */
export function countingStep(batchesPerRow: i32, rows: i32): i32 {
  return min(max((batchesPerRow * rows) / ENOUGH, 1), SPARSEST);
}

/** Counts the symbols of blocks that are about to be coded; arguments as codeBlocks() takes them. */
export function countSymbols(blocks: usize, count: i32, script: usize, scriptEnd: usize): void {
  for (let at = script; at < scriptEnd; at += 4) {
    const component = changetype<Component>(<usize>load<u32>(at));
    component.counted = component.prediction;
  }
  const blocksEnd = blocks + <usize>count * BLOCK_BYTES;
  let next = script;
  for (let block = blocks; block < blocksEnd; block += BLOCK_BYTES) {
    const component = changetype<Component>(<usize>load<u32>(next));
    next += 4;
    if (next == scriptEnd) next = script;
    increment(component.counts, <usize>sizeOf(dc(block) - component.counted));
    component.counted = dc(block);
    countCoefficients(block, component.counts + AC_COUNTS);
  }
}

function countCoefficients(block: usize, counts: usize): void {
  let previous: usize = 0;
  for (let mask = load<u64>(block, NON_ZERO) & ~1; mask != 0; mask &= mask - 1) {
    const position = <usize>ctz(mask);
    let run = position - previous - 1;
    for (; run > 15; run -= 16) increment(counts, ZRL);
    const coefficient = <i32>load<i16>(block + <usize>load<u8>(ZIGZAG + position) * 2);
    increment(counts, (run << 4) | (<usize>sizeOf(coefficient)));
    previous = position;
  }
  if (previous != 63) increment(counts, 0);
}

function increment(counts: usize, symbol: usize): void {
  store<u32>(counts + symbol * 4, load<u32>(counts + symbol * 4) + 1);
}

/**
 * One 8 × 8 block on its way from samples to bits. Kernels pass it on in memory:
 *
 *     0 ┌───────────────────────────────┐
 *       │ coefficients  64 × i16        │ natural order; first from the DCT, then quantised in place
 *   128 ├───────────────────────────────┤ CLIPPED
 *       │ clipped       64 × u8         │ the same in zigzag order, clipped to −32…31 and biased
 *   192 ├───────────────────────────────┤ NON_ZERO
 *       │ non-zero mask u64             │ bit k: the coefficient at zigzag position k is not 0
 *   200 └───────────────────────────────┘ + 8 so that the next block lies on 16
 */
export const CLIPPED: usize = 128;

/** Coefficients strictly between these limits can be told from their clipped byte; those on them may be anything beyond. */
export const CLIP_LOW: i32 = -32;
export const CLIP_HIGH: i32 = 31;
/** What a clipped byte has on top of the coefficient: it makes CLIP_HIGH the largest i8, so that saturation clips. */
export const CLIP_BIAS: i32 = 96;

export const NON_ZERO: usize = 192;
export const BLOCK_BYTES: usize = 208;

/** Natural position 0 is DC. */
export function dc(block: usize): i32 {
  return load<i16>(block);
}

/**
 * A block that lies wholly outside the picture, which only fills its MCU: no AC, and the DC of the block before it in
 * the scan, so that it costs as few bits as can be. The coder reads nothing of it but DC and mask.
 */
export function setDummy(block: usize, previous: usize): void {
  store<i16>(block, load<i16>(previous));
  store<u64>(block, 0, NON_ZERO);
}

/**
 * Bits on their way into the file, in two steps. The coder packs them into 64-bit words and stores each word as it is
 * when full, without a look at its bytes. Then whole words are copied to the file with the most significant byte first
 * and a zero byte stuffed after each 0xFF (T.81 B.1.1.5). Looking for 0xFF in a second sweep, where sixteen bytes go at
 * once, is far cheaper than in the coder's innermost loop.
 */

/** What lies between two calls of the coder. */
@unmanaged
export class BitState {
  /** The bits not yet stored, the newest lowest; what stands above them is old and without meaning. */
  accumulator: u64;
  /** How many more bits the accumulator takes, 0…64. */
  free: i64;
  /** Where the next full word goes. */
  words: usize;
}

export const BIT_STATE_BYTES: usize = 32;

export function resetBits(state: BitState): void {
  state.accumulator = 0;
  state.free = 64;
}

/** What stuffWords answers when the output is full. An address is never 0. */
export const FULL: usize = 0;

/**
 * Copies the whole words from `words` to `wordsEnd` to `output` with stuffing and returns the first byte after them, or
 * FULL when `outputEnd` is in the way. Never writes at or after outputEnd.
 */
export function stuffWords(words: usize, wordsEnd: usize, output: usize, outputEnd: usize): usize {
  if (ASC_FEATURE_SIMD) return stuffPairs(words, wordsEnd, output, outputEnd);
  return stuffSingly(words, wordsEnd, output, outputEnd);
}

/** Writes what is left in the accumulator, filled up with 1 bits to a whole byte (T.81 F.1.2.3). Result as stuffWords. */
export function stuffRest(state: BitState, output: usize, outputEnd: usize): usize {
  const free = state.free;
  const bytes = (64 - free + 7) >> 3;
  const filled = free == 64 ? 0 : (state.accumulator << free) | (((<u64>1) << free) - 1);
  return stuffBytes(filled, bytes, output, outputEnd);
}

// ── scalar ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function stuffSingly(words: usize, wordsEnd: usize, output: usize, outputEnd: usize): usize {
  for (; words < wordsEnd; words += 8) {
    output = stuffWord(load<u64>(words), output, outputEnd);
    if (output == FULL) return FULL;
  }
  return output;
}

function stuffWord(word: u64, output: usize, outputEnd: usize): usize {
  if (hasMarkerByte(word) || outputEnd - output < 8) return stuffBytes(word, 8, output, outputEnd);
  store<u64>(output, bswap<u64>(word));
  return output + 8;
}

/** Whether a byte is 0xFF: then its complement is 0, and only a zero byte borrows when 1 is taken from it. */
function hasMarkerByte(word: u64): bool {
  return ((~word - 0x0101010101010101) & word & 0x8080808080808080) != 0;
}

/** The `count` highest bytes of `word`, one by one. */
function stuffBytes(word: u64, count: i64, output: usize, outputEnd: usize): usize {
  for (; count > 0; count--) {
    const byte = <u8>(word >> 56);
    const needed: usize = byte == 0xff ? 2 : 1;
    if (outputEnd - output < needed) return FULL;
    store<u8>(output, byte);
    if (byte == 0xff) store<u8>(output, 0, 1);
    output += needed;
    word <<= 8;
  }
  return output;
}

// ── SIMD ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function stuffPairs(words: usize, wordsEnd: usize, output: usize, outputEnd: usize): usize {
  for (; words + 16 <= wordsEnd; words += 16) {
    const two = v128.load(words);
    if (v128.any_true(i8x16.eq(two, i8x16.splat(-1))) || outputEnd - output < 16) {
      output = stuffSingly(words, words + 16, output, outputEnd);
      if (output == FULL) return FULL;
    } else {
      const bytes = i8x16.shuffle(two, two, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
      v128.store(output, bytes);
      output += 16;
    }
  }
  return stuffSingly(words, wordsEnd, output, outputEnd);
}

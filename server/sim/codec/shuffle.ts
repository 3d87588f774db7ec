/** All first bytes of the elements, then all second ones …: byte shuffle of Blosc. Bytes beyond whole elements stay last. */
export function shuffleBytes(input: Uint8Array, elementBytes: number): Uint8Array {
  const output = new Uint8Array(input);
  const count = Math.floor(input.length / elementBytes);
  for (let byte = 0; byte < elementBytes; byte++) {
    const row = byte * count;
    for (let element = 0; element < count; element++) {
      output[row + element] = input[element * elementBytes + byte]!;
    }
  }
  return output;
}

/**
 * All lowest bits of the elements' first bytes, eight elements a byte, then the next bits …: bitshuffle.
 *
 * @param input whole elements, their number a multiple of 8
 */
export function shuffleBits(input: Uint8Array, elementBytes: number): Uint8Array {
  const bytes = shuffleBytes(input, elementBytes);
  const output = new Uint8Array(input.length);
  const count = input.length / elementBytes;
  const rowBytes = count / 8;
  for (let byte = 0; byte < elementBytes; byte++) {
    for (let group = 0; group < rowBytes; group++) {
      const from = byte * count + 8 * group;
      const to = byte * count + group;
      let low = fourBytes(bytes, from);
      let high = fourBytes(bytes, from + 4);
      // A matrix of 8 × 8 bits is turned in halves of its quarters, quarters and the whole (Warren, Hacker's Delight, 7-3).
      low = exchange(exchange(low, 7, 0x00aa00aa), 14, 0x0000cccc);
      high = exchange(exchange(high, 7, 0x00aa00aa), 14, 0x0000cccc);
      const first = (low & 0x0f0f0f0f) | ((high & 0x0f0f0f0f) << 4);
      const last = ((low >>> 4) & 0x0f0f0f0f) | (high & 0xf0f0f0f0);
      for (let bit = 0; bit < 4; bit++) {
        output[to + bit * rowBytes] = first >>> (8 * bit);
        output[to + (bit + 4) * rowBytes] = last >>> (8 * bit);
      }
    }
  }
  return output;
}

function fourBytes(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Exchanges the bits under `mask` with those `distance` above them. */
function exchange(word: number, distance: number, mask: number): number {
  const different = (word ^ (word >>> distance)) & mask;
  return word ^ different ^ (different << distance);
}

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
      for (let bit = 0; bit < 8; bit++) {
        let gathered = 0;
        for (let element = 0; element < 8; element++) {
          gathered |= ((bytes[from + element]! >> bit) & 1) << element;
        }
        output[to + bit * rowBytes] = gathered;
      }
    }
  }
  return output;
}

/** Bits of the hash table of positions: 16 Ki entries. */
const HASH_BITS = 14;
/** The smallest match the format knows. */
const MIN_MATCH = 4;
/** The last match begins at least so far before the end, and the last 5 bytes are literals (LZ4 block format, "end of block"). */
const MATCH_LIMIT = 12;
const LAST_LITERALS = 5;
const FARTHEST = 65535;
/** After so many misses (as a power of two) the search goes on in longer steps: noise costs little. */
const SKIP_SHIFT = 4;

/**
 * Compresses one LZ4 block (lz4_Block_format.md), greedily: for cameras that play the part of a compressing IOC.
 *
 * @returns the block in an array of its own; up to 1/255 and 16 bytes longer than the input when there is nothing to find
 */
export function compressLz4(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(input.length + Math.ceil(input.length / 255) + 16);
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  const read = (at: number): number =>
    input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16) | (input[at + 3]! << 24);
  let written = 0;
  let anchor = 0;
  let at = 0;
  let misses = 1 << SKIP_SHIFT;
  while (at <= input.length - MATCH_LIMIT) {
    const four = read(at);
    const slot = Math.imul(four, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = table[slot]!;
    table[slot] = at;
    if (candidate < 0 || at - candidate > FARTHEST || read(candidate) !== four) {
      at += misses++ >> SKIP_SHIFT;
      continue;
    }
    misses = 1 << SKIP_SHIFT;
    let length = MIN_MATCH;
    const longest = input.length - LAST_LITERALS - at;
    while (length < longest && input[candidate + length] === input[at + length]) length++;
    written = literals(input, anchor, at, output, written, length - MIN_MATCH);
    written = match(output, written, at - candidate, length - MIN_MATCH);
    at += length;
    anchor = at;
  }
  written = literals(input, anchor, input.length, output, written, 0);
  return output.subarray(0, written);
}

/** Writes a token for bytes `from` to `until` and a match, and the bytes. Returns where to go on. */
function literals(
  input: Uint8Array,
  from: number,
  until: number,
  output: Uint8Array,
  start: number,
  matchCode: number,
): number {
  const count = until - from;
  output[start] = (Math.min(count, 15) << 4) | Math.min(matchCode, 15);
  const at = lengthBytes(output, start + 1, count - 15);
  // A call costs more than a few bytes do.
  if (count > 64) output.set(input.subarray(from, until), at);
  else for (let i = 0; i < count; i++) output[at + i] = input[from + i]!;
  return at + count;
}

/** Writes where a match is and what its token had no room for. Returns where the next sequence begins. */
function match(output: Uint8Array, start: number, distance: number, matchCode: number): number {
  output[start] = distance & 255;
  output[start + 1] = distance >> 8;
  return lengthBytes(output, start + 2, matchCode - 15);
}

/** What of a length did not fit into the token's four bits; nothing if `rest` is negative. */
function lengthBytes(output: Uint8Array, start: number, rest: number): number {
  if (rest < 0) return start;
  let at = start;
  for (let left = rest; ; left -= 255) {
    output[at++] = Math.min(left, 255);
    if (left < 255) return at;
  }
}

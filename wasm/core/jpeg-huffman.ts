/**
 * Huffman tables fitted to counts of symbols, by ITU-T T.81 K.2: the best code for them of at most 16 bits, in which no
 * code is all ones. Every symbol that a baseline file can need has a code, however rare it was, so that the tables of one
 * picture encode any other.
 */

/** Counters a pair of DC and AC tables has, and all four: DC and AC of luminance, DC and AC of chrominance. */
export const HUFFMAN_COUNTERS = 4 * 256;

/** Bytes from one specification to the next: 16 counts by length, 256 symbols at most. */
const SPECIFICATION_BYTES = 272;

/** Bytes that {@link fitHuffmanTables} makes. */
export const HUFFMAN_BYTES = 4 * SPECIFICATION_BYTES;

/** T.81 F.1.2.1.1: size categories of an 8-bit picture's DC differences. */
const DC_SYMBOLS = Uint8Array.from({ length: 12 }, (_, size) => size);

/** T.81 F.1.2.2.1: run << 4 | size; end of block, sizes 1 to 10 after runs of 0 to 15, sixteen zeros. */
const AC_SYMBOLS = Uint8Array.from([
  0x00,
  ...Array.from({ length: 16 }, (_, run) =>
    Array.from({ length: 10 }, (_, size) => (run << 4) | (size + 1)),
  ).flat(),
  0xf0,
]);

/** The longest code that a file can have. */
const LONGEST = 16;

/** What a counted symbol weighs beside one that was not seen: the counts are of a part of the blocks only. */
const SEEN = 4;

/**
 * Four specifications as the JPEG job takes them.
 *
 * @param counts {@link HUFFMAN_COUNTERS} of them, as the core counts symbols (wasm/assembly/jpeg/count.ts)
 * @param pairs 1: those of luminance only, all that grey pictures have
 */
export function fitHuffmanTables(counts: Uint32Array, pairs: 1 | 2 = 2): Uint8Array {
  const tables = new Uint8Array(HUFFMAN_BYTES);
  for (let table = 0; table < 2 * pairs; table++) {
    const symbols = table % 2 === 0 ? DC_SYMBOLS : AC_SYMBOLS;
    const at = table * SPECIFICATION_BYTES;
    specify(
      symbols,
      counts.subarray(256 * table, 256 * table + 256),
      tables.subarray(at, at + SPECIFICATION_BYTES),
    );
  }
  return tables;
}

/** 16 counts of codes by length, then the symbols, those with the shortest codes first (T.81 B.2.4.2). */
function specify(symbols: Uint8Array, counts: Uint32Array, specification: Uint8Array): void {
  // Rarest first. Weight and symbol in one number, so that they sort as numbers: both are far below 2^53.
  const byWeight = Float64Array.from(symbols, (symbol) => (counts[symbol]! * SEEN + 1) * 256 + symbol).sort();
  const lengths = limitLengths(codeLengths(byWeight.map((entry) => Math.floor(entry / 256))));
  for (let length = 1; length <= LONGEST; length++) specification[length - 1] = lengths[length]!;
  const last = byWeight.length - 1;
  for (let i = 0; i <= last; i++) specification[16 + i] = byWeight[last - i]! % 256;
}

/**
 * How many codes of each length the best code has, one of no weight among them: it gets the longest, all ones, and is
 * left out in the end. Weights rise, so that the two lightest are always first in one of two queues: leaves, and nodes
 * in the order in which they were made.
 */
function codeLengths(weights: Float64Array): Uint16Array {
  const leaves = weights.length + 1;
  const nodes = 2 * leaves - 1;
  const weight = new Float64Array(nodes).fill(Infinity);
  weight[0] = 0;
  weight.set(weights, 1);
  weight.fill(Infinity, leaves);
  const parent = new Uint16Array(nodes);
  let leaf = 0;
  let inner = leaves;
  for (let made = leaves; made < nodes; made++) {
    let sum = 0;
    for (let child = 0; child < 2; child++) {
      const lightest = leaf < leaves && weight[leaf]! <= weight[inner]! ? leaf++ : inner++;
      sum += weight[lightest]!;
      parent[lightest] = made;
    }
    weight[made] = sum;
  }
  // From the root down: a node is made after its children, so its depth is known before theirs.
  const depth = new Uint16Array(nodes);
  const lengths = new Uint16Array(leaves);
  for (let node = nodes - 2; node >= 0; node--) {
    depth[node] = depth[parent[node]!]! + 1;
    if (node < leaves) lengths[depth[node]!]!++;
  }
  return lengths;
}

/** T.81 figure K.3: pairs of codes that are too long are moved up, beneath a shorter one; then the one of all ones goes. */
function limitLengths(lengths: Uint16Array): Uint16Array {
  const limited = new Uint16Array(Math.max(lengths.length, LONGEST + 1));
  limited.set(lengths);
  for (let length = limited.length - 1; length > LONGEST; length--) {
    while (limited[length]! > 0) {
      let shorter = length - 2;
      while (limited[shorter] === 0) shorter--;
      limited[length]! -= 2;
      limited[length - 1]!++;
      limited[shorter + 1]! += 2;
      limited[shorter]!--;
    }
  }
  let longest = LONGEST;
  while (limited[longest] === 0) longest--;
  limited[longest]!--;
  return limited;
}

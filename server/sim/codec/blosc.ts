import { deflateSync } from "node:zlib";
import { compressLz4 } from "./lz4.ts";
import { shuffleBytes } from "./shuffle.ts";

const HEADER_BYTES = 16;
const BYTE_SHUFFLE = 1;
const DO_NOT_SPLIT = 16;
const BLOCK_BYTES = 256 * 1024;

/** The compressors inside a Blosc frame: number in its flags, and how each packs a block. */
const INNER = {
  lz4: { format: 1, pack: compressLz4 },
  zlib: { format: 3, pack: (block: Uint8Array): Uint8Array => deflateSync(block, { level: 1 }) },
  zstd: { format: 4, pack: (block: Uint8Array): Uint8Array => Bun.zstdCompressSync(block, { level: 1 }) },
} as const;

/**
 * A Blosc 1 frame (c-blosc README_CHUNK_FORMAT.rst), byte-shuffled unless the elements are bytes, each block one stream:
 *
 *     version · codec version · flags · element bytes │ u32 bytes · block bytes · frame bytes │ i32 start of each block │ i32 length, stream …
 */
export function compressBlosc(
  input: Uint8Array,
  elementBytes: number,
  inner: keyof typeof INNER,
): Uint8Array {
  const { format, pack } = INNER[inner];
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < input.length; at += BLOCK_BYTES) {
    const block = input.subarray(at, at + BLOCK_BYTES);
    const shuffled = shuffleBytes(block, elementBytes);
    const packed = pack(shuffled);
    blocks.push(packed.length < block.length ? packed : shuffled);
  }
  const starts = HEADER_BYTES + 4 * blocks.length;
  const frame = new Uint8Array(blocks.reduce((sum, block) => sum + 4 + block.length, starts));
  const words = new DataView(frame.buffer);
  const shuffle = elementBytes > 1 ? BYTE_SHUFFLE : 0;
  frame.set([2, 1, shuffle | DO_NOT_SPLIT | (format << 5), elementBytes]);
  [input.length, Math.min(BLOCK_BYTES, input.length), frame.length].forEach((value, index) =>
    words.setUint32(4 + 4 * index, value, true),
  );
  let at = starts;
  blocks.forEach((block, index) => {
    words.setInt32(HEADER_BYTES + 4 * index, at, true);
    words.setInt32(at, block.length, true);
    frame.set(block, at + 4);
    at += 4 + block.length;
  });
  return frame;
}

import { compressLz4 } from "./lz4.ts";
import { shuffleBits } from "./shuffle.ts";

/** Bytes of elements that bitshuffle aims to put into a block (bitshuffle_core.c, BSHUF_TARGET_BLOCK_SIZE_B). */
const TARGET_BLOCK_BYTES = 8192;
const LEAST_BLOCK = 128;

/**
 * Bitshuffle and LZ4 as ADCore's NDPluginCodec writes it, without the HDF5 header: for each block a big-endian u32 length
 * and the LZ4 of its transposed bits; the last block is cut to a multiple of 8 elements, what is left follows as it is.
 */
export function compressBslz4(input: Uint8Array, elementBytes: number): Uint8Array {
  const block = Math.max(LEAST_BLOCK, 8 * Math.floor(TARGET_BLOCK_BYTES / elementBytes / 8)) * elementBytes;
  const shuffled = input.length - (input.length % (8 * elementBytes));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < shuffled; at += block) {
    const bits = shuffleBits(input.subarray(at, Math.min(at + block, shuffled)), elementBytes);
    const packed = compressLz4(bits);
    parts.push(bigEndian(packed.length), packed);
  }
  parts.push(input.subarray(shuffled));
  return Buffer.concat(parts);
}

/**
 * LZ4 with the header of HDF5's filter (ADSupport lz4hdf5.c): u64 of all bytes, u32 of a block's bytes, then for each
 * block its length and LZ4, or the bytes themselves where those are not longer; all big-endian.
 */
export function compressLz4Hdf5(input: Uint8Array, blockBytes: number): Uint8Array {
  const parts = [
    bigEndian(Math.floor(input.length / 2 ** 32)),
    bigEndian(input.length),
    bigEndian(blockBytes),
  ];
  for (let at = 0; at < input.length; at += blockBytes) {
    const plain = input.subarray(at, at + blockBytes);
    const packed = compressLz4(plain);
    const shorter = packed.length < plain.length ? packed : plain;
    parts.push(bigEndian(shorter.length), shorter);
  }
  return Buffer.concat(parts);
}

function bigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value >>> 0, false);
  return bytes;
}

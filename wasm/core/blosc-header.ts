/** The first 16 bytes of a Blosc 1 frame (README_HEADER.rst of c-blosc), checked against what the frame declares. */
import { UnpackError } from "./unpack-error.ts";

/** Bytes of the header. */
export const BLOSC_HEADER_BYTES = 16;

/** BLOSC_VERSION_FORMAT of every c-blosc 1.x. */
const FORMAT_VERSION = 2;

/** Blocks are never shorter, unless there is only one (BLOSC_MIN_BUFFERSIZE). */
export const BLOSC_MIN_BLOCK_BYTES = 128;

/** What packs the streams, in the order of the number in the flags. lz4hc writes lz4. */
const STREAM_FORMATS = ["blosclz", "lz4", "snappy", "zlib", "zstd"] as const;

/** One of the formats of a stream. */
export type StreamFormat = (typeof STREAM_FORMATS)[number];

/** A header that holds together. */
export interface BloscHeader {
  /** Bytes of an element, 1 to 255. */
  readonly typeSize: number;
  /** Bytes of a block but the last, which has what is left. */
  readonly blockBytes: number;
  /** Bytes of the whole frame, at most those that are there. */
  readonly frameBytes: number;
  readonly format: StreamFormat;
  /** The bytes follow the header as they are. */
  readonly plain: boolean;
  readonly shuffle: "none" | "byte" | "bit";
  /** Streams are never one for each byte of an element. */
  readonly neverSplit: boolean;
}

/**
 * Reads and checks it.
 *
 *   │ version 2 │ codec version │ flags │ element bytes │ decoded u32 │ block u32 │ frame u32 │    little-endian
 *
 * @throws UnpackError truncated, bad-header, too-long, too-short
 */
export function readBloscHeader(payload: DataView, decodedBytes: number): BloscHeader {
  const have = payload.byteLength;
  if (have < BLOSC_HEADER_BYTES) throw refused("truncated", "no header", 0, have, BLOSC_HEADER_BYTES);
  const version = payload.getUint8(0);
  if (version !== FORMAT_VERSION) {
    throw refused("bad-header", `format version ${version}`, 0, version, FORMAT_VERSION);
  }
  const flags = payload.getUint8(2);
  const typeSize = payload.getUint8(3);
  const announced = payload.getUint32(4, true);
  const blockBytes = payload.getUint32(8, true);
  const frameBytes = payload.getUint32(12, true);
  if (announced !== decodedBytes) {
    const code = announced > decodedBytes ? "too-long" : "too-short";
    throw refused(code, `the header says ${announced} bytes, not the declared`, 4, announced, decodedBytes);
  }
  if (typeSize === 0) throw refused("bad-header", "elements of no bytes", 3, 0, 1);
  const leastBlock = Math.min(BLOSC_MIN_BLOCK_BYTES, decodedBytes);
  if (blockBytes < leastBlock) throw refused("bad-header", "too small a block", 8, blockBytes, leastBlock);
  if (frameBytes < BLOSC_HEADER_BYTES) {
    throw refused("bad-header", "a frame shorter than its header", 12, frameBytes, BLOSC_HEADER_BYTES);
  }
  if (frameBytes > have) throw refused("truncated", "the frame is longer", 12, have, frameBytes);
  const format = STREAM_FORMATS[flags >> 5];
  if (format === undefined) throw refused("bad-header", `stream format ${flags >> 5}`, 2, flags >> 5, 4);
  const plain = (flags & 2) !== 0;
  const shuffle = (flags & 1) !== 0 && typeSize > 1 ? "byte" : (flags & 4) !== 0 ? "bit" : "none";
  return { typeSize, blockBytes, frameBytes, format, plain, shuffle, neverSplit: (flags & 0x10) !== 0 };
}

function refused(
  code: "truncated" | "bad-header" | "too-long" | "too-short",
  what: string,
  offset: number,
  have: number,
  need: number,
): UnpackError {
  return new UnpackError(code, "blosc", `${what} (${have}, ${need} needed)`, { offset, have, need });
}

/**
 * Blosc 1 frames (what c-blosc 1.x writes; blosc_d in blosc.c reads it).
 *
 *   │ header, 16 │ where each block begins, i32 LE … │ block │ block │ …        blocks in any order
 *   block:  │ length, u32 LE │ stream │ …      one stream, or one for each byte of an element; a stream as long as what
 *                                              it becomes is that itself
 *
 * This walk is the host's and not the core's, as two of the five stream formats are unpacked by decoders from outside;
 * a block is at least 128 bytes, so the calls are few. Pixels are touched by the core alone.
 */
import { BLOSC_HEADER_BYTES, BLOSC_MIN_BLOCK_BYTES, readBloscHeader } from "./blosc-header.ts";
import type { BloscHeader } from "./blosc-header.ts";
import { UnpackError } from "./unpack-error.ts";
import { acceptUnpacked } from "./unpack-fault.ts";
import { inflate } from "./unpack-inflate.ts";
import type { Region, Unpacking } from "./unpack-job.ts";

/** Elements of more bytes are never split (MAX_SPLITS). */
const MOST_SPLITS = 16;

/** As unpack() in unpack.ts. */
export function unpackBlosc(job: Unpacking): Region {
  const { memory, packed, decodedBytes } = job;
  const header = readBloscHeader(memory.words(packed.address, packed.bytes), decodedBytes);
  if (header.plain) return plainBytes(packed, header, decodedBytes);
  const { blockBytes } = header;
  const blocks = Math.ceil(decodedBytes / blockBytes);
  const firstBlock = BLOSC_HEADER_BYTES + 4 * blocks;
  if (firstBlock > header.frameBytes) {
    throw refused(
      "truncated",
      "the table of blocks is cut",
      BLOSC_HEADER_BYTES,
      header.frameBytes,
      firstBlock,
    );
  }
  const workspace = header.shuffle === "none" ? undefined : memory.take(Math.min(blockBytes, decodedBytes));
  const address = memory.take(decodedBytes);
  // After the last take: views live until the memory grows.
  const table = memory.words(packed.address, firstBlock);
  for (let block = 0; block < blocks; block++) {
    const begin = table.getUint32(BLOSC_HEADER_BYTES + 4 * block, true);
    if (begin < firstBlock || begin > header.frameBytes) {
      const at = BLOSC_HEADER_BYTES + 4 * block;
      throw refused("bad-offset", `block ${block} lies elsewhere`, at, begin, header.frameBytes);
    }
    const done = block * blockBytes;
    const target = { address: address + done, bytes: Math.min(blockBytes, decodedBytes - done) };
    if (workspace === undefined) unpackBlock(job, header, begin, target);
    else {
      unpackBlock(job, header, begin, { address: workspace, bytes: target.bytes });
      unshuffle(job, header, workspace, target);
    }
  }
  return { address, bytes: decodedBytes };
}

/** They need no room of their own. */
function plainBytes(packed: Region, header: BloscHeader, bytes: number): Region {
  const have = header.frameBytes - BLOSC_HEADER_BYTES;
  if (have < bytes) throw refused("truncated", "plain bytes are cut", BLOSC_HEADER_BYTES, have, bytes);
  return { address: packed.address + BLOSC_HEADER_BYTES, bytes };
}

/** All streams of the block that begins at `begin`, one behind the other. */
function unpackBlock(job: Unpacking, header: BloscHeader, begin: number, target: Region): void {
  const streams = streamsOf(header, target.bytes);
  const bytes = target.bytes / streams;
  const lengths = job.memory.words(job.packed.address, header.frameBytes);
  let at = begin;
  for (let stream = 0; stream < streams; stream++) {
    const left = header.frameBytes - at;
    if (left < 4) throw refused("truncated", "no length of a stream", at, left, 4);
    const length = lengths.getUint32(at, true);
    at += 4;
    if (length > left - 4) throw refused("truncated", "a stream is cut", at, left - 4, length);
    unpackStream(
      job,
      header,
      { offset: at, bytes: length },
      {
        address: target.address + stream * bytes,
        bytes,
      },
    );
    at += length;
  }
}

/** One for each byte of an element, unless the block is the short last one or too small for that. */
function streamsOf(header: BloscHeader, bytes: number): number {
  const { typeSize, blockBytes } = header;
  const split =
    !header.neverSplit &&
    typeSize <= MOST_SPLITS &&
    blockBytes / typeSize >= BLOSC_MIN_BLOCK_BYTES &&
    bytes === blockBytes;
  if (!split) return 1;
  if (bytes % typeSize !== 0) {
    throw refused("bad-header", `blocks of ${bytes} bytes cannot be split`, 8, bytes, typeSize);
  }
  return typeSize;
}

function unpackStream(
  job: Unpacking,
  header: BloscHeader,
  stream: { readonly offset: number; readonly bytes: number },
  target: Region,
): void {
  const { exports, memory, packed, codec } = job;
  const source = packed.address + stream.offset;
  if (stream.bytes === target.bytes) {
    memory.view(target.address, target.bytes).set(memory.view(source, stream.bytes));
    return;
  }
  const { format } = header;
  if (format === "zlib" || format === "zstd") {
    const bytes = memory.view(source, stream.bytes);
    const decoded = inflate(job.inflaters, format, codec, bytes, stream.offset, target.bytes);
    memory.view(target.address, target.bytes).set(decoded);
    return;
  }
  const result = exports[format](source, stream.bytes, target.address, target.bytes);
  acceptUnpacked(result, exports, codec, packed.address);
}

/** A shuffled block to its place. What is no whole element, and bits of no multiple of 8 elements, were left as they were. */
function unshuffle(
  { exports, memory }: Unpacking,
  header: BloscHeader,
  source: number,
  target: Region,
): void {
  const { typeSize, shuffle } = header;
  const elements = Math.floor(target.bytes / typeSize);
  const count = shuffle === "bit" && elements % 8 !== 0 ? 0 : elements;
  if (shuffle === "byte") exports.byteUnshuffle(typeSize, source, count, target.address);
  else exports.bitUnshuffle(typeSize, source, count, target.address);
  const done = count * typeSize;
  const rest = target.bytes - done;
  if (rest > 0) memory.view(target.address + done, rest).set(memory.view(source + done, rest));
}

function refused(
  code: "truncated" | "bad-offset" | "bad-header",
  what: string,
  offset: number,
  have: number,
  need: number,
): UnpackError {
  return new UnpackError(code, "blosc", `${what} (${have}, ${need} needed)`, { offset, have, need });
}

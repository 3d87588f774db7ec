/** Packed bytes in the core's memory become the frame's samples, for every codec of ADCore but JPEG (unpack-jpeg.ts). */
import { unpackBlosc } from "./unpack-blosc.ts";
import { UnpackError } from "./unpack-error.ts";
import { acceptUnpacked } from "./unpack-fault.ts";
import { HDF5_HEADER_BYTES, hdf5HeaderOf, readHdf5Header } from "./unpack-hdf5.ts";
import { inflate } from "./unpack-inflate.ts";
import type { Region, Unpacking } from "./unpack-job.ts";

export type { PackedCodec, Region, Unpacking } from "./unpack-job.ts";

/**
 * Unpacks into a new region of the job's memory (of a Blosc frame that holds plain bytes, answers where they lie). Takes
 * at most as much again for blocks on their way.
 *
 * @returns a region of exactly `decodedBytes`; it may be written to
 * @throws UnpackError what is wrong with the payload; CoreError out-of-memory
 */
export function unpack(job: Unpacking): Region {
  switch (job.codec) {
    case "lz4":
      return unpackLz4(job);
    case "lz4hdf5":
      return unpackLz4Hdf5(job);
    case "bslz4":
      return unpackBslz4(job);
    case "blosc":
      return unpackBlosc(job);
    case "zlib":
      return unpackZlib(job);
  }
}

function unpackLz4(job: Unpacking): Region {
  const { exports, memory, packed, decodedBytes } = job;
  if (hdf5HeaderOf(payloadOf(job), decodedBytes) !== undefined) return unpackLz4Hdf5(job);
  const address = memory.take(decodedBytes);
  const result = exports.lz4(packed.address, packed.bytes, address, decodedBytes);
  acceptUnpacked(result, exports, job.codec, packed.address);
  return { address, bytes: decodedBytes };
}

function unpackLz4Hdf5(job: Unpacking): Region {
  const { exports, memory, packed, decodedBytes, codec } = job;
  const header = readHdf5Header(payloadOf(job));
  if (header === undefined) {
    const numbers = { offset: 0, have: packed.bytes, need: HDF5_HEADER_BYTES };
    throw new UnpackError("truncated", codec, `${packed.bytes} bytes hold no header`, numbers);
  }
  if (header.decodedBytes !== decodedBytes) {
    const numbers = { offset: 0, have: header.decodedBytes, need: decodedBytes };
    const what = `the header says ${header.decodedBytes} bytes, ${decodedBytes} are declared`;
    throw new UnpackError(
      header.decodedBytes > decodedBytes ? "too-long" : "too-short",
      codec,
      what,
      numbers,
    );
  }
  const address = memory.take(decodedBytes);
  const blocks = afterHeader(packed);
  const result = exports.lz4hdf5(blocks.address, blocks.bytes, address, decodedBytes, header.blockBytes);
  acceptUnpacked(result, exports, codec, packed.address);
  return { address, bytes: decodedBytes };
}

/** Elements that bitshuffle takes for a block unless told otherwise: 8 KiB of them (bshuf_default_block_size). */
function defaultBlockCount(bytesPerSample: number): number {
  return Math.max(128, 8 * Math.floor(8192 / bytesPerSample / 8));
}

function unpackBslz4(job: Unpacking): Region {
  const { exports, memory, packed, decodedBytes, bytesPerSample } = job;
  const header = hdf5HeaderOf(payloadOf(job), decodedBytes);
  const blocks = header === undefined ? packed : afterHeader(packed);
  const told = Math.floor((header?.blockBytes ?? 0) / bytesPerSample);
  const blockCount = told === 0 ? defaultBlockCount(bytesPerSample) : told;
  const count = decodedBytes / bytesPerSample;
  const workspace = memory.take(Math.min(blockCount, count) * bytesPerSample);
  const address = memory.take(decodedBytes);
  const result = exports.bslz4(
    blocks.address,
    blocks.bytes,
    address,
    count,
    bytesPerSample,
    blockCount,
    workspace,
  );
  acceptUnpacked(result, exports, job.codec, packed.address);
  return { address, bytes: decodedBytes };
}

function unpackZlib(job: Unpacking): Region {
  const { memory, packed, codec, decodedBytes } = job;
  // Before the decoder makes as much again: what is beyond the limit is never made.
  const address = memory.take(decodedBytes);
  const stream = memory.view(packed.address, packed.bytes);
  const decoded = inflate(job.inflaters, "zlib", codec, stream, 0, decodedBytes);
  memory.view(address, decodedBytes).set(decoded);
  return { address, bytes: decodedBytes };
}

function payloadOf({ memory, packed }: Unpacking): DataView {
  return memory.words(packed.address, packed.bytes);
}

function afterHeader({ address, bytes }: Region): Region {
  return { address: address + HDF5_HEADER_BYTES, bytes: bytes - HDF5_HEADER_BYTES };
}

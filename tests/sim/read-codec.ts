/** Readers of what the simulated cameras write, from the formats' descriptions and apart from writer and core. */
import { inflateSync } from "node:zlib";

/** LZ4 block (lz4_Block_format.md). Throws where it does not end with its last literals. */
export function readLz4(block: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let to = 0;
  const more = (start: number): number => {
    let length = start;
    if (start !== 15) return length;
    for (;;) {
      const byte = block[at++]!;
      length += byte;
      if (byte < 255) return length;
    }
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = more(token >> 4);
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= block.length) break;
    const distance = block[at]! | (block[at + 1]! << 8);
    at += 2;
    const length = more(token & 15) + 4;
    if (distance === 0 || distance > to) throw new Error(`distance ${distance} at ${to}`);
    for (let i = 0; i < length; i++, to++) out[to] = out[to - distance]!;
  }
  if (to !== size) throw new Error(`${to} bytes instead of ${size}`);
  return out;
}

/** Undoes the byte shuffle. */
function unshuffle(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const count = Math.floor(bytes.length / elementBytes);
  const out = new Uint8Array(bytes);
  for (let i = 0; i < count * elementBytes; i++) {
    out[(i % count) * elementBytes + Math.floor(i / count)] = bytes[i]!;
  }
  return out;
}

/** Bit `b` of element `e` is bit `e % 8` of byte `b · count/8 + e/8`. */
function unshuffleBits(bits: Uint8Array, elementBytes: number): Uint8Array {
  const out = new Uint8Array(bits.length);
  const count = bits.length / elementBytes;
  for (let element = 0; element < count; element++) {
    for (let bit = 0; bit < 8 * elementBytes; bit++) {
      const set = (bits[(bit * count) / 8 + (element >> 3)]! >> (element & 7)) & 1;
      out[element * elementBytes + (bit >> 3)]! |= set << (bit & 7);
    }
  }
  return out;
}

/** bitshuffle_core.c: blocks of about 8192 bytes, the last a multiple of 8 elements, the rest as it is. */
export function readBslz4(stream: Uint8Array, elementBytes: number, size: number): Uint8Array {
  const words = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const block = { 1: 8192, 2: 4096, 4: 2048, 8: 1024 }[elementBytes]! * elementBytes;
  const whole = size - (size % (8 * elementBytes));
  const out = new Uint8Array(size);
  let at = 0;
  for (let to = 0; to < whole; to += block) {
    const bytes = Math.min(block, whole - to);
    const packed = words.getUint32(at);
    const bits = readLz4(stream.subarray(at + 4, at + 4 + packed), bytes);
    out.set(unshuffleBits(bits, elementBytes), to);
    at += 4 + packed;
  }
  if (stream.length - at !== size - whole) throw new Error(`${stream.length - at} bytes at the end`);
  out.set(stream.subarray(at), whole);
  return out;
}

/** ADSupport lz4hdf5.c. */
export function readLz4Hdf5(stream: Uint8Array): Uint8Array {
  const words = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const size = Number(words.getBigUint64(0));
  const block = words.getUint32(8);
  const out = new Uint8Array(size);
  let at = 12;
  for (let to = 0; to < size; to += block) {
    const bytes = Math.min(block, size - to);
    const stored = words.getUint32(at);
    const data = stream.subarray(at + 4, at + 4 + stored);
    out.set(stored === bytes ? data : readLz4(data, bytes), to);
    at += 4 + stored;
  }
  if (at !== stream.length) throw new Error(`${stream.length - at} bytes too many`);
  return out;
}

/** c-blosc README_CHUNK_FORMAT.rst, blocks of one stream only. */
export function readBlosc(frame: Uint8Array): Uint8Array {
  const words = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const [version, , flags, elementBytes] = frame;
  const [size, block, whole] = [4, 8, 12].map((at) => words.getUint32(at, true));
  if (version !== 2 || whole !== frame.length || (flags! & 16) === 0) throw new Error("no such frame");
  const out = new Uint8Array(size!);
  for (let index = 0; index * block! < size!; index++) {
    const bytes = Math.min(block!, size! - index * block!);
    const start = words.getInt32(16 + 4 * index, true);
    const stored = words.getInt32(start, true);
    const data = frame.subarray(start + 4, start + 4 + stored);
    const plain = stored === bytes ? data : inflate(data, flags! >> 5, bytes);
    out.set((flags! & 1) === 1 ? unshuffle(plain, elementBytes!) : plain, index * block!);
  }
  return out;
}

function inflate(data: Uint8Array, format: number, size: number): Uint8Array {
  if (format === 1) return readLz4(data, size);
  if (format === 3) return inflateSync(data);
  if (format === 4) return Bun.zstdDecompressSync(data);
  throw new Error(`format ${format}`);
}

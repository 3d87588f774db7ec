/** PNG files (W3C Portable Network Graphics, third edition): all the compression is zlib's. */
import { constants, crc32, deflateSync } from "node:zlib";
import type { Core, PngSource } from "../../wasm/core/index.ts";
import type { PngFacts } from "./snapshot-files.ts";
import type { PngMessage } from "./messages.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Colour type by samples a pixel: greyscale, truecolour. */
const COLOUR_TYPE = { 1: 0, 3: 2 } as const;
/** Filter type 2, Up: each byte less the one above it. Rows that repeat, and slopes, become runs. */
const UP = 2;

/**
 * Runs and Huffman codes, but no search for what was there before: a detector's noise holds nothing that it would find, and
 * takes it five times as long.
 */
const COMPRESSION = { level: 1, strategy: constants.Z_RLE, chunkSize: 1 << 20 } as const;

/**
 * The frame as a PNG file of 8 or 16 bits, in a buffer of its own. Its text tells which frame it is where the recipe asks
 * for a comment.
 *
 * @throws FrameError, RecipeError, UnpackError, CoreError when the frame cannot be drawn
 */
export function writePng(
  { frame, recipe, options }: PngMessage,
  core: Core,
): { readonly png: ArrayBuffer; readonly facts: PngFacts } {
  const { samples, width, height, channels, ...facts } = core.toPngSource(frame, recipe);
  const picture = { samples, width, height, channels, depth: facts.depth };
  const comment = options.comment === undefined ? [] : [chunk("tEXt", latin1(`Comment\0${options.comment}`))];
  const image = chunk("IDAT", deflateSync(filtered(picture), COMPRESSION));
  const parts = [
    SIGNATURE,
    chunk("IHDR", headerOf(picture)),
    ...comment,
    image,
    chunk("IEND", new Uint8Array()),
  ];
  return { png: joined(parts.flat()), facts };
}

type Raster = Pick<PngSource, "samples" | "width" | "height" | "channels" | "depth">;

/** │ width u32 │ height u32 │ depth │ colour type │ deflate: 0 │ filters: 0 │ not interlaced: 0 │ */
function headerOf({ width, height, depth, channels }: Raster): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, depth);
  header.setUint8(9, COLOUR_TYPE[channels]);
  return new Uint8Array(header.buffer);
}

/** The rows as they are compressed: each begins with the name of its filter, samples of 16 bits are big-endian. */
function filtered({ samples, height, depth }: Raster): Uint8Array {
  const source = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const row = source.byteLength / height;
  const rows = new Uint8Array(height * (row + 1));
  let above: Uint8Array = new Uint8Array(row);
  for (let line = 0; line < height; line++) {
    const from = source.subarray(line * row, (line + 1) * row);
    // In the core's memory: it is written anew by the next job.
    if (depth === 16) from.swap16();
    const at = line * (row + 1);
    rows[at] = UP;
    subtract(from, above, rows.subarray(at + 1, at + 1 + row));
    above = from;
  }
  return rows;
}

function subtract(from: Uint8Array, above: Uint8Array, target: Uint8Array): void {
  for (let index = 0; index < target.length; index++) target[index] = from[index]! - above[index]!;
}

/** │ length u32 │ type │ data │ CRC-32 of type and data │ */
function chunk(type: string, data: Uint8Array): Uint8Array[] {
  const name = latin1(type);
  return [bigEndian(data.byteLength), name, data, bigEndian(crc32(data, crc32(name)))];
}

function bigEndian(value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, value);
  return new Uint8Array(bytes.buffer);
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const file = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.byteLength;
  }
  return file.buffer;
}

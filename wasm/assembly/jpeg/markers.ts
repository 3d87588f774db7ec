/**
 * The marker segments around the entropy-coded data (T.81 Annex B), in libjpeg's order: SOI, JFIF APP0, DQT, SOF0, DHT,
 * SOS, one table a segment. Every function writes at `at` and returns the first byte after what it wrote; whether there
 * is room is the caller's business, once, by headerBytes().
 */
import { CHROMINANCE_AC, CHROMINANCE_DC, HUFFMAN_COUNTS, LUMINANCE_AC, LUMINANCE_DC, ZIGZAG } from "./tables";

/** T.81 table B.1 */
const SOI: u8 = 0xd8;
const APP0: u8 = 0xe0;
const DQT: u8 = 0xdb;
const SOF0: u8 = 0xc0;
const DHT: u8 = 0xc4;
const SOS: u8 = 0xda;
const EOI: u8 = 0xd9;

/** Bytes that writeHeader() writes: SOI, APP0, DQT, SOF0, DHT, SOS; three components have two tables of each kind. */
export function headerBytes(components: i32): usize {
  return components == 1 ? 2 + 18 + 69 + 13 + (33 + 183) + 10 : 2 + 18 + 2 * 69 + 19 + 2 * (33 + 183) + 14;
}

export const EOI_BYTES: usize = 2;

function marker(at: usize, code: u8): usize {
  store<u8>(at, 0xff);
  store<u8>(at, code, 1);
  return at + 2;
}

/** Multi-byte numbers in a JPEG file are big-endian (T.81 B.1.1.1). */
function word(at: usize, value: i32): usize {
  store<u16>(at, bswap<u16>(<u16>value));
  return at + 2;
}

function byte(at: usize, value: i32): usize {
  store<u8>(at, <u8>value);
  return at + 1;
}

/** JFIF 1.01: no unit, square pixels, no thumbnail. */
function applicationData(at: usize): usize {
  at = word(marker(at, APP0), 16);
  store<u32>(at, 0x4649464a); // "JFIF", little-endian
  at = byte(at + 4, 0);
  at = word(at, 0x0101);
  at = byte(at, 0);
  at = word(word(at, 1), 1);
  return word(at, 0);
}

/** One table, 8-bit steps, sent in zigzag order (T.81 B.2.4.1). */
function quantisation(at: usize, id: i32, table: usize): usize {
  at = byte(word(marker(at, DQT), 67), id);
  for (let k: usize = 0; k < 64; k++) {
    store<u8>(at + k, load<u8>(table + load<u8>(ZIGZAG + k)));
  }
  return at + 64;
}

/** One table as T.81 B.2.4.2 sends it; `classAndId` is Tc << 4 | Th. */
function huffman(at: usize, classAndId: i32, specification: usize): usize {
  let symbols = 0;
  for (let i = 0; i < HUFFMAN_COUNTS; i++) symbols += load<u8>(specification + i);
  const bytes = HUFFMAN_COUNTS + symbols;
  at = byte(word(marker(at, DHT), 3 + bytes), classAndId);
  memory.copy(at, specification, bytes);
  return at + bytes;
}

/** Baseline frame header (T.81 B.2.2). `sampling` is that of luminance, H << 4 | V; the others are always 1 × 1. */
function frame(at: usize, width: i32, height: i32, components: i32, sampling: i32): usize {
  at = byte(word(marker(at, SOF0), 8 + 3 * components), 8);
  at = byte(word(word(at, height), width), components);
  for (let i = 0; i < components; i++) {
    at = byte(at, i + 1);
    at = byte(at, i == 0 ? sampling : 0x11);
    at = byte(at, min(i, 1));
  }
  return at;
}

/** Scan header (T.81 B.2.3): one interleaved scan over everything, spectral selection 0…63. */
function scan(at: usize, components: i32): usize {
  at = byte(word(marker(at, SOS), 6 + 2 * components), components);
  for (let i = 0; i < components; i++) at = byte(byte(at, i + 1), i == 0 ? 0x00 : 0x11);
  return byte(byte(byte(at, 0), 63), 0);
}

/**
 * Everything before the entropy-coded data: headerBytes() bytes. Components are 1 (grey: luminance tables
 * only) or 3; the two quantisation tables are 64 u8 in natural order.
 */
export function writeHeader(
  at: usize,
  width: i32,
  height: i32,
  components: i32,
  sampling: i32,
  luminance: usize,
  chrominance: usize,
): usize {
  at = applicationData(marker(at, SOI));
  at = quantisation(at, 0, luminance);
  if (components > 1) at = quantisation(at, 1, chrominance);
  at = frame(at, width, height, components, sampling);
  at = huffman(huffman(at, 0x00, LUMINANCE_DC), 0x10, LUMINANCE_AC);
  if (components > 1) at = huffman(huffman(at, 0x01, CHROMINANCE_DC), 0x11, CHROMINANCE_AC);
  return scan(at, components);
}

export function writeEnd(at: usize): usize {
  return marker(at, EOI);
}

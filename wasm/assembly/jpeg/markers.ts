/**
 * The marker segments around the entropy-coded data (T.81 Annex B), in libjpeg's order: SOI, JFIF APP0, COM, DQT, SOF0, DHT,
 * DRI, SOS, one table a segment. Every function writes at `at` and returns the first byte after what it wrote; whether there
 * is room is the caller's business, once, by headerBytes().
 */
import { Job, SPECIFICATION_BYTES, symbolsOf } from "./job";
import { isGrey, mcuHeightOf, mcuWidthOf, mcusAlong } from "./sampling";
import { CHROMINANCE_AC, CHROMINANCE_DC, HUFFMAN_COUNTS, LUMINANCE_AC, LUMINANCE_DC, ZIGZAG } from "./tables";

/** T.81 table B.1 */
const SOI: u8 = 0xd8;
const APP0: u8 = 0xe0;
const DQT: u8 = 0xdb;
const SOF0: u8 = 0xc0;
const DHT: u8 = 0xc4;
const SOS: u8 = 0xda;
const EOI: u8 = 0xd9;
const COM: u8 = 0xfe;
const DRI: u8 = 0xdd;
const RST0: u8 = 0xd0;

/** Bytes of SOI, APP0, DQT, SOF0, DHT, SOS; three components have two tables of each kind. */
export function tablesBytes(grey: bool): usize {
  return grey ? 2 + 18 + 69 + 13 + (33 + 183) + 10 : 2 + 18 + 2 * 69 + 19 + 2 * (33 + 183) + 14;
}

export const RESTART_INTERVAL_BYTES: usize = 6;

/** Bytes that writeHeader() writes. */
export function headerBytes(job: Job): usize {
  const comment: usize = job.commentBytes == 0 ? 0 : 4 + <usize>job.commentBytes;
  const interval: usize = job.restart == 0 ? 0 : RESTART_INTERVAL_BYTES;
  return tablesBytes(isGrey(job.colourMode)) + comment + interval;
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

/** JFIF 1.01, no thumbnail; a unit of 0 makes the densities an aspect ratio (ITU-T T.871, 10.1). */
function applicationData(at: usize, unit: i32, densityX: i32, densityY: i32): usize {
  at = word(marker(at, APP0), 16);
  store<u32>(at, 0x4649464a); // "JFIF", little-endian
  at = byte(at + 4, 0);
  at = word(at, 0x0101);
  at = byte(at, unit);
  at = word(word(at, densityX), densityY);
  return word(at, 0);
}

/** T.81 B.2.4.5 */
function comment(at: usize, text: usize, bytes: usize): usize {
  at = word(marker(at, COM), 2 + <i32>bytes);
  memory.copy(at, text, bytes);
  return at + bytes;
}

/** T.81 B.2.4.4: MCUs from one restart marker to the next. */
function restartInterval(at: usize, mcus: i32): usize {
  return word(word(marker(at, DRI), 4), mcus);
}

/** The marker between MCU row `row` and the next; they count modulo 8 (T.81 B.2.1). */
export function writeRestart(at: usize, row: i32): usize {
  return marker(at, RST0 + <u8>(row & 7));
}

export const RESTART_BYTES: usize = 2;

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
  const bytes = HUFFMAN_COUNTS + symbolsOf(specification);
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

/** The specification of table `index`: DC and AC of luminance, DC and AC of chrominance. */
function specification(job: Job, index: usize, standard: usize): usize {
  return job.huffman == 0 ? standard : <usize>job.huffman + index * SPECIFICATION_BYTES;
}

/** Everything before the entropy-coded data: headerBytes() bytes. The quantisation tables are 64 u8 in natural order. */
export function writeHeader(at: usize, job: Job, luminance: usize, chrominance: usize): usize {
  const components = isGrey(job.colourMode) ? 1 : 3;
  const wide = mcuWidthOf(job.colourMode, job.subsampling);
  const sampling = ((wide >> 3) << 4) | (mcuHeightOf(job.colourMode, job.subsampling) >> 3);
  at = applicationData(marker(at, SOI), job.densityUnit, job.densityX, job.densityY);
  if (job.commentBytes > 0) at = comment(at, job.comment, job.commentBytes);
  at = quantisation(at, 0, luminance);
  if (components > 1) at = quantisation(at, 1, chrominance);
  at = frame(at, job.width, job.height, components, sampling);
  at = huffman(at, 0x00, specification(job, 0, LUMINANCE_DC));
  at = huffman(at, 0x10, specification(job, 1, LUMINANCE_AC));
  if (components > 1) {
    at = huffman(at, 0x01, specification(job, 2, CHROMINANCE_DC));
    at = huffman(at, 0x11, specification(job, 3, CHROMINANCE_AC));
  }
  if (job.restart != 0) at = restartInterval(at, mcusAlong(job.width, wide));
  return scan(at, components);
}

export function writeEnd(at: usize): usize {
  return marker(at, EOI);
}

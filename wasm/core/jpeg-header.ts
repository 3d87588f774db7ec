/** What a JPEG file says of itself before any pixel is decoded (ITU-T T.81, B.2). */
import { UnpackError } from "./unpack-error.ts";

/** What decides whether a file may be shown as it is, and how much memory decoding it takes. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 colour, 4 CMYK. */
  readonly components: number;
  /** Bits of a sample; browsers show 8. */
  readonly precision: number;
  /** Browsers show the first three; `other` is lossless, hierarchical or arithmetic. */
  readonly coding: "baseline" | "extended" | "progressive" | "other";
}

const TEM = 0x01;
const RST0 = 0xd0;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/** SOF0 … SOF15 but DHT, JPG and DAC, which share their row of numbers (T.81, table B.1). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/**
 * Stuffed zeros and markers without a length (T.81, B.1.1.3). Here they have no meaning, and decoders skip two bytes: whoever
 * took what follows for a length would find another frame header than they.
 */
function isWithoutLength(marker: number): boolean {
  return marker <= TEM || (marker >= RST0 && marker <= SOI);
}

/**
 * Reads up to the frame header, jumping from segment to segment; never beyond the bytes, and no byte twice.
 *
 * @throws UnpackError truncated, bad-header (codec `jpeg`)
 */
export function readJpegHeader(file: Uint8Array): JpegHeader {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.byteLength < 4) throw truncated(0, view.byteLength, 4);
  if (view.getUint16(0) !== 0xff00 + SOI) throw badHeader("no JPEG", 0, view.getUint16(0), 0xff00 + SOI);
  let at = 2;
  for (;;) {
    if (view.byteLength - at < 4) throw truncated(at, view.byteLength - at, 4);
    const fill = view.getUint8(at);
    if (fill !== 0xff) throw badHeader("no marker", at, fill, 0xff);
    const marker = view.getUint8(at + 1);
    // Any marker may be preceded by fill bytes (B.1.1.2).
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === SOS || marker === EOI) throw badHeader("pixels before a frame header", at, marker, 0xc0);
    if (isWithoutLength(marker)) throw badHeader("a marker out of place", at, marker, 0xc0);
    const length = view.getUint16(at + 2);
    if (length < 2) throw badHeader("a segment shorter than its length", at + 2, length, 2);
    if (isFrameHeader(marker)) return frameHeader(view, at, marker, length);
    const have = view.byteLength - at;
    if (2 + length > have) throw truncated(at, have, 2 + length);
    at += 2 + length;
  }
}

/**
 * Whether the file is whole: ends with EOI, or zeros after it. One cut short breaks the picture of every viewer, so it
 * must not be passed on.
 */
export function endsWithEoi(file: Uint8Array): boolean {
  let end = file.length;
  while (end > 0 && file[end - 1] === 0) end--;
  return end >= 2 && file[end - 2] === 0xff && file[end - 1] === EOI;
}

/** Whether there is an EOI at all: with none, decoders fill what is missing with grey and say nothing. */
export function hasEoi(file: Uint8Array): boolean {
  let at = file.lastIndexOf(EOI);
  while (at > 0 && file[at - 1] !== 0xff) at = file.lastIndexOf(EOI, at - 1);
  return at > 0;
}

/** │ FF Cn │ length │ precision │ height u16 │ width u16 │ components │ 3 bytes for each │ */
function frameHeader(view: DataView, at: number, marker: number, length: number): JpegHeader {
  const have = view.byteLength - at - 2;
  if (length > have) throw truncated(at + 2, have, length);
  if (length < 8) throw badHeader("a frame header too short", at + 2, length, 8);
  const components = view.getUint8(at + 9);
  if (length !== 8 + 3 * components) {
    throw badHeader(`a frame header of ${components} components`, at + 2, length, 8 + 3 * components);
  }
  const width = view.getUint16(at + 7);
  // 0 means that a DNL segment tells it later (B.2.5), which no decoder around follows.
  const height = view.getUint16(at + 5);
  if (width === 0 || height === 0) throw badHeader(`a picture of ${width} × ${height}`, at + 5, 0, 1);
  if (components === 0) throw badHeader("a picture without components", at + 9, 0, 1);
  return { width, height, components, precision: view.getUint8(at + 4), coding: codingOf(marker) };
}

function codingOf(marker: number): JpegHeader["coding"] {
  const codings = ["baseline", "extended", "progressive"] as const;
  return codings[marker - 0xc0] ?? "other";
}

function truncated(offset: number, have: number, need: number): UnpackError {
  return new UnpackError("truncated", "jpeg", `${need} bytes are needed, ${have} left`, {
    offset,
    have,
    need,
  });
}

function badHeader(what: string, offset: number, have: number, need: number): UnpackError {
  return new UnpackError("bad-header", "jpeg", `${what} (${have}, ${need} needed)`, { offset, have, need });
}

import { bytesPerSample } from "../../wasm/core/index.ts";
import type { CaptionTarget } from "../../server/sim/caption/caption.ts";
import type { Colour } from "../../server/sim/vocabulary.ts";

/** What the tests expect digits to look like, written down apart from the font that draws them. */
const DIGIT_ROWS = [
  "01110100011001110101110011000101110",
  "00100011000010000100001000010001110",
  "01110100010000100010001000100011111",
  "11111000100010000010000011000101110",
  "00010001100101010010111110001000010",
  "11111100001111000001000011000101110",
  "00110010001000011110100011000101110",
  "11111000010001000100010000100001000",
  "01110100011000101110100011000101110",
  "01110100011000101111000010001001100",
];

/** Reads sample (x, y) of channel `c` as a number, by the dimension orders of ADCore's NDArray::getInfo. */
export function sampleAt(target: CaptionTarget, bytes: Uint8Array, x: number, y: number, c = 0): number {
  const { width, height, colour, sampleType } = target;
  const index = {
    mono: y * width + x,
    rgb1: (y * width + x) * 3 + c,
    rgb2: (y * 3 + c) * width + x,
    rgb3: (c * height + y) * width + x,
    bayer: y * width + x,
    // Only Y: the second byte of U Y V, every second one of U Y V Y, and of U Y Y V Y Y the four that are left.
    yuv444: (y * width + x) * 3 + 1,
    yuv422: 2 * (y * width + x) + 1,
    yuv411: 6 * Math.floor((y * width + x) / 4) + [1, 2, 4, 5][x % 4]!,
  }[colour.startsWith("bayer") ? "bayer" : (colour as Exclude<Colour, `bayer-${string}`>)];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = index * bytesPerSample(sampleType);
  switch (sampleType) {
    case "int8":
      return view.getInt8(at);
    case "uint8":
      return view.getUint8(at);
    case "int16":
      return view.getInt16(at, true);
    case "uint16":
      return view.getUint16(at, true);
    case "int32":
      return view.getInt32(at, true);
    case "uint32":
      return view.getUint32(at, true);
    case "int64":
      return Number(view.getBigInt64(at, true));
    case "uint64":
      return Number(view.getBigUint64(at, true));
    case "float32":
      return view.getFloat32(at, true);
    case "float64":
      return view.getFloat64(at, true);
  }
}

/** The counter in the 24 blocks of the top row, bright where a sample lies above `middle`; read in the blocks' centres. */
export function readBlocks(target: CaptionTarget, bytes: Uint8Array, middle: number, channel = 0): number {
  let counter = 0;
  for (let bit = 0; bit < 24; bit++) {
    if (sampleAt(target, bytes, bit * 16 + 8, 8, channel) > middle) counter += 2 ** bit;
  }
  return counter;
}

/** The counter in the eight digits whose first dot row is `top` and whose dots are `dot` pixels wide. */
export function readDigits(
  target: CaptionTarget,
  bytes: Uint8Array,
  middle: number,
  top: number,
  dot: number,
  channel = 0,
): number {
  let text = "";
  for (let place = 0; place < 8; place++) {
    let dots = "";
    for (let row = 0; row < 7; row++) {
      for (let column = 0; column < 5; column++) {
        const x = (place * 6 + column) * dot + Math.floor(dot / 2);
        const bright = sampleAt(target, bytes, x, top + row * dot + Math.floor(dot / 2), channel) > middle;
        dots += bright ? "1" : "0";
      }
    }
    text += String(DIGIT_ROWS.indexOf(dots));
  }
  return Number(text);
}

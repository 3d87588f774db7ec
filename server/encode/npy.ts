/** NPY files, format 1.0 (numpy.lib.format in numpy's documentation, NEP 1). */
import {
  bytesPerSample,
  type Core,
  type Frame,
  type FrameMode,
  pixelsPerGroup,
  samplesPerGroup,
  type SampleType,
} from "../../wasm/core/index.ts";
import type { NpyFacts } from "./snapshot-files.ts";

/** \x93NUMPY and the version; two bytes for the length of the header follow. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0] as const;
const PREAMBLE = MAGIC.length + 2;
/** The samples begin at a multiple of this, so that they can be mapped into memory. */
const ALIGNMENT = 64;

const TYPE_LETTER = { int: "i", uint: "u", float: "f" } as const;

/**
 * The frame's array as an NPY file, in a buffer of its own: copied once, whatever its codec.
 * @throws FrameError, UnpackError, CoreError when the frame cannot be unpacked
 */
export function writeNpy(frame: Frame, core: Core): { readonly npy: ArrayBuffer; readonly facts: NpyFacts } {
  const { samples, colourMode } = core.unpacked(frame);
  const facts = { shape: npyShape(frame, colourMode), dtype: npyType(frame.sampleType, frame.bigEndian) };
  const header = headerOf(facts);
  const file = new Uint8Array(header.byteLength + samples.byteLength);
  file.set(header);
  file.set(samples, header.byteLength);
  return { npy: file.buffer, facts };
}

/**
 * Dimensions of the array, slowest first:
 *
 *     mono, bayer  (h, w)       rgb1, yuv444  (h, w, 3): R G B, U Y V     yuv422  (h, 2 w): U Y V Y for two pixels
 *     rgb2         (h, 3, w)    rgb3          (3, h, w)                   yuv411  (h, 3 w / 2): U Y Y V Y Y for four
 *
 * A stack has its planes before these; an array of one dimension has height 1.
 */
export function npyShape({ width, height, planes = 1 }: Frame, mode: FrameMode): readonly number[] {
  const picture = pictureShape(width, height, mode);
  return planes === 1 ? picture : [planes, ...picture];
}

function pictureShape(width: number, height: number, mode: FrameMode): readonly number[] {
  switch (mode) {
    case "rgb1":
    case "yuv444":
      return [height, width, 3];
    case "rgb2":
      return [height, 3, width];
    case "rgb3":
      return [3, height, width];
    default:
      return [height, (width / pixelsPerGroup(mode)) * samplesPerGroup(mode)];
  }
}

/** numpy's word for a sample type: byte order, kind, bytes. One byte has no order. */
export function npyType(type: SampleType, bigEndian: boolean): string {
  const bytes = bytesPerSample(type);
  const [kind] = /^[a-z]+/.exec(type) as unknown as [keyof typeof TYPE_LETTER];
  const order = bytes === 1 ? "|" : bigEndian ? ">" : "<";
  return `${order}${TYPE_LETTER[kind]}${bytes}`;
}

/** │ magic, version │ length u16 LE │ a dictionary as Python writes it │ spaces │ line feed │ */
function headerOf({ shape, dtype }: NpyFacts): Uint8Array {
  const words = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const length = Math.ceil((PREAMBLE + words.length + 1) / ALIGNMENT) * ALIGNMENT - PREAMBLE;
  const text = new TextEncoder().encode(`${words.padEnd(length - 1)}\n`);
  return Uint8Array.from([...MAGIC, length & 255, length >> 8, ...text]);
}

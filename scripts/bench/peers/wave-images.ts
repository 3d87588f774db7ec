import { Core, DEFAULT_RECIPE, type SampleType, SAMPLE_TYPES } from "../../../wasm/core/index.ts";
import type { NumericType } from "../../../server/pva/index.ts";

/** What a bench's camera sends. */
export interface ImageKind {
  readonly sampleType: SampleType;
  /** RGB1 instead of grey. */
  readonly colour: boolean;
  /** How much of each sample is noise, 0 to 1. */
  readonly noise: number;
  /** Compressed by the camera. */
  readonly jpeg: boolean;
}

/** pvData's names of the sample types. */
export const ELEMENT_TYPES: Readonly<Record<SampleType, NumericType>> = {
  int8: "byte",
  uint8: "ubyte",
  int16: "short",
  uint16: "ushort",
  int32: "int",
  uint32: "uint",
  int64: "long",
  uint64: "ulong",
  float32: "float",
  float64: "double",
};

/** Different images of a camera; it shows them in turn. */
const IMAGES = 8;
const A_LITTLE_NOISE = 0.2;
/** What a JPEG camera's pictures have, give or take a hundredth. */
const JPEG_BYTES = 100_000;

/** @throws Error for a word that names no kind */
export function parseKind(text: string): ImageKind {
  const plain: ImageKind = { sampleType: "uint8", colour: false, noise: 0, jpeg: false };
  if (text === "jpeg") return { ...plain, noise: 1, jpeg: true };
  const [base, ...rest] = text.split("-");
  const noise = { "": 0, noise: A_LITTLE_NOISE, "noise-only": 1 }[rest.join("-")];
  const sampleType = base === "rgb1" ? "uint8" : SAMPLE_TYPES.find((type) => type === base);
  if (sampleType === undefined || noise === undefined) throw new Error(`no such kind of image: ${text}`);
  return { ...plain, sampleType, colour: base === "rgb1", noise };
}

/** The bytes of a camera's images, samples in the machine's order, or a JPEG each. */
export async function imagesOf(kind: ImageKind, width: number, height: number): Promise<Uint8Array[]> {
  const images = Array.from({ length: IMAGES }, (_, index) => drawn(kind, width, height, 8 * index));
  return kind.jpeg ? compressed(images, width, height) : images;
}

/** Waves that move by `shift` pixels, over the whole range of the type (floats: 0 to 1). */
function drawn(
  { sampleType, colour, noise }: ImageKind,
  width: number,
  height: number,
  shift: number,
): Uint8Array {
  const channels = colour ? 3 : 1;
  const { array, low, high } = RANGES[sampleType];
  const samples = new array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const level = wave(x + shift, y);
      for (let channel = 0; channel < channels; channel++, at++) {
        const tint = channel === 1 ? wave(x + shift, y + 99) : channel === 2 ? 1 - level : level;
        const value = low + (tint * (1 - noise) + Math.random() * noise) * (high - low);
        samples[at] = typeof samples[at] === "bigint" ? BigInt(Math.round(value)) : value;
      }
    }
  }
  return new Uint8Array(samples.buffer);
}

function wave(x: number, y: number): number {
  return (Math.sin(x / 37) + Math.sin(y / 23) + Math.sin((x + y) / 61) + 3) / 6;
}

const RANGES = {
  int8: { array: Int8Array, low: -128, high: 127 },
  uint8: { array: Uint8Array, low: 0, high: 255 },
  int16: { array: Int16Array, low: -32_768, high: 32_767 },
  uint16: { array: Uint16Array, low: 0, high: 65_535 },
  int32: { array: Int32Array, low: -2e9, high: 2e9 },
  uint32: { array: Uint32Array, low: 0, high: 4e9 },
  int64: { array: BigInt64Array, low: -(2 ** 40), high: 2 ** 40 },
  uint64: { array: BigUint64Array, low: 0, high: 2 ** 40 },
  float32: { array: Float32Array, low: 0, high: 1 },
  float64: { array: Float64Array, low: 0, high: 1 },
} as const;

/** The images as JPEGs of the quality that comes nearest to JPEG_BYTES. */
async function compressed(
  images: readonly Uint8Array[],
  width: number,
  height: number,
): Promise<Uint8Array[]> {
  const core = await Core.load();
  const encode = (pixels: Uint8Array, quality: number): Uint8Array =>
    core
      .encodeJpeg(
        { width, height, sampleType: "uint8", colourMode: "mono", bigEndian: false, pixels },
        { ...DEFAULT_RECIPE, quality },
      )
      .jpeg.slice();
  const qualities = Array.from({ length: 99 }, (_, index) => index + 1);
  const missed = (quality: number): number => Math.abs(encode(images[0]!, quality).length - JPEG_BYTES);
  const best = qualities.map((quality) => ({ quality, by: missed(quality) })).sort((a, b) => a.by - b.by)[0]!;
  return images.map((pixels) => encode(pixels, best.quality));
}

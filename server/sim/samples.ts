import { bytesPerSample, type SampleType } from "../../wasm/core/index.ts";

/** The sample values of the darkest and the brightest point. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

const SPANS: Readonly<Record<SampleType, Span>> = {
  int8: { low: -128, high: 127 },
  uint8: { low: 0, high: 255 },
  // 12 bits in 16, as most area detectors' cameras deliver: a viewer must find the range, the type does not tell.
  int16: { low: -2048, high: 2047 },
  uint16: { low: 0, high: 4095 },
  int32: { low: -100_000, high: 100_000 },
  uint32: { low: 0, high: 100_000 },
  // Beyond 32 bits, and exact in a double.
  int64: { low: -(2 ** 40), high: 2 ** 40 },
  uint64: { low: 0, high: 2 ** 40 },
  float32: { low: 0, high: 1 },
  float64: { low: 0, high: 1 },
};

/** The values a simulated camera of this type uses, both ends included. */
export function spanOf(type: SampleType): Span {
  return SPANS[type];
}

/** Writes `level` (0 darkest … 1 brightest) as sample number `index`, rounded to nearest, little-endian. */
export type SampleWriter = (index: number, level: number) => void;

/** A writer into `bytes`, whose offset must suit the sample width. */
export function sampleWriter(type: SampleType, bytes: Uint8Array): SampleWriter {
  const { low, high } = spanOf(type);
  const range = high - low;
  if (type === "int64" || type === "uint64") return wideWriter(bytes, low, range);
  const samples = new ARRAYS[type](
    bytes.buffer as ArrayBuffer,
    bytes.byteOffset,
    bytes.byteLength / bytesPerSample(type),
  );
  if (type === "float32" || type === "float64") {
    return (index, level) => void (samples[index] = low + level * range);
  }
  return (index, level) => void (samples[index] = Math.round(low + level * range));
}

const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** 64-bit integers as two words: a BigInt per pixel would cost a hundred times as much. */
function wideWriter(bytes: Uint8Array, low: number, range: number): SampleWriter {
  const words = new Int32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / 4);
  return (index, level) => {
    const value = Math.round(low + level * range);
    words[2 * index] = value;
    words[2 * index + 1] = Math.floor(value / 2 ** 32);
  };
}

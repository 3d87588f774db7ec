/** Plain definitions of what the kernels do, written apart from them: DataView, BigInt and double arithmetic. */
import { bytesPerSample } from "../../wasm/core/index.ts";
import type { SampleType } from "../../wasm/core/index.ts";

/** A sample in JavaScript: bigint for the 64-bit integers. */
export type Sample = number | bigint;

/** Bytes of samples. Integers wrap into their type, as typed arrays do. */
export function toBytes(type: SampleType, samples: readonly Sample[], bigEndian = false): Uint8Array {
  const size = bytesPerSample(type);
  const view = new DataView(new ArrayBuffer(samples.length * size));
  samples.forEach((sample, index) => {
    write(view, type, index * size, sample, !bigEndian);
  });
  return new Uint8Array(view.buffer);
}

function write(view: DataView, type: SampleType, at: number, sample: Sample, little: boolean): void {
  const number = Number(sample);
  switch (type) {
    case "int8":
    case "uint8":
      view.setUint8(at, number);
      return;
    case "int16":
    case "uint16":
      view.setUint16(at, number, little);
      return;
    case "int32":
    case "uint32":
      view.setUint32(at, number, little);
      return;
    case "int64":
    case "uint64":
      view.setBigUint64(at, BigInt.asUintN(64, BigInt(sample)), little);
      return;
    case "float32":
      view.setFloat32(at, number, little);
      return;
    case "float64":
      view.setFloat64(at, number, little);
      return;
  }
}

/** The samples that little-endian bytes hold. */
export function toSamples(type: SampleType, bytes: Uint8Array): Sample[] {
  const size = bytesPerSample(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / size }, (_, index) => read(view, type, index * size));
}

function read(view: DataView, type: SampleType, at: number): Sample {
  switch (type) {
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
      return view.getBigInt64(at, true);
    case "uint64":
      return view.getBigUint64(at, true);
    case "float32":
      return view.getFloat32(at, true);
    case "float64":
      return view.getFloat64(at, true);
  }
}

/** Smallest and largest finite sample as float64, and how many are finite. */
export function extremes(samples: readonly Sample[]): { low: number; high: number; finite: number } {
  const finite = samples.filter((sample) => typeof sample === "bigint" || Number.isFinite(sample));
  // Comparing numbers with bigints is exact in JavaScript, as is comparing within each kind.
  const low = finite.reduce<Sample>((least, sample) => (sample < least ? sample : least), Infinity);
  const high = finite.reduce<Sample>((most, sample) => (sample > most ? sample : most), -Infinity);
  return { low: Number(low), high: Number(high), finite: finite.length };
}

/**
 * The level of an integer, in whole numbers throughout: (x - low) · 255 / (high - low), halves to even, clamped. Bounds
 * are whole. This is exact at any size.
 */
export function integerLevel(sample: Sample, low: number, high: number): number {
  const width = BigInt(high) - BigInt(low);
  const above = BigInt(sample) - BigInt(low);
  if (above <= 0n) return 0;
  const [whole, rest] = [(255n * above) / width, (255n * above) % width];
  const up = 2n * rest > width || (2n * rest === width && whole % 2n === 1n);
  const level = up ? whole + 1n : whole;
  return level > 255n ? 255 : Number(level);
}

/** The level of a 64-bit integer where float64 can no longer count: the same, every step rounded. */
export function quotientLevel(sample: Sample, low: number, high: number): number {
  return clamp(((Number(sample) - low) * 255) / (high - low));
}

/** The level of a float64. */
export function doubleLevel(sample: Sample, low: number, high: number): number {
  const number = Number(sample);
  return Number.isFinite(number) ? clamp((number - low) * (255 / (high - low))) : 0;
}

/** The level of a float32, every step rounded to float32. */
export function floatLevel(sample: number, low: number, high: number): number {
  if (!Number.isFinite(sample)) return 0;
  const gain = Math.fround(255 / (high - low));
  return clamp(Math.fround(Math.fround(sample - low) * gain));
}

function clamp(level: number): number {
  return Math.min(Math.max(halfToEven(level), 0), 255);
}

function halfToEven(value: number): number {
  const whole = Math.floor(value);
  const rest = value - whole;
  return rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? whole + 1 : whole;
}

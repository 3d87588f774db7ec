/** Planes of pixels for the geometry kernels, and plain definitions of what these do. */
import { PLANE_JOB_WORDS } from "../../wasm/core/abi.ts";
import type { CoreExports } from "../../wasm/core/abi.ts";
import { xorshift } from "./sample-sets.ts";

/** Rows of pixels without gaps; a pixel is `channels` samples together. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly sampleBytes: 1 | 2;
  readonly channels: 1 | 3;
  readonly samples: readonly number[];
}

/** A plane of seeded noise. */
export function noisePlane(
  width: number,
  height: number,
  sampleBytes: 1 | 2 = 1,
  channels: 1 | 3 = 1,
  seed = 1,
): Plane {
  const next = xorshift(seed * 77 + width * 31 + height);
  const most = sampleBytes === 1 ? 256 : 65536;
  const samples = Array.from({ length: width * height * channels }, () => (next() >>> 3) % most);
  return { width, height, sampleBytes, channels, samples };
}

/** The samples of a plane in memory, little-endian, rows `gap` bytes apart. */
export function planeBytes({ width, height, sampleBytes, channels, samples }: Plane, gap = 0): Uint8Array {
  const row = width * channels * sampleBytes;
  const bytes = new Uint8Array(height * (row + gap)).fill(0xee);
  samples.forEach((sample, index) => {
    const at = index * sampleBytes + Math.floor(index / (width * channels)) * gap;
    bytes[at] = sample & 255;
    if (sampleBytes === 2) bytes[at + 1] = sample >> 8;
  });
  return bytes;
}

/** The same plane with each pixel taken from where `from` says. */
export function mapPlane(
  plane: Plane,
  width: number,
  height: number,
  from: (x: number, y: number) => readonly [x: number, y: number],
): Plane {
  const { channels } = plane;
  const samples = Array.from({ length: width * height * channels }, (_, index) => {
    const pixel = Math.floor(index / channels);
    const [x, y] = from(pixel % width, Math.floor(pixel / width));
    return plane.samples[(y * plane.width + x) * channels + (index % channels)]!;
  });
  return { ...plane, width, height, samples };
}

/** Left becomes right. */
export const flippedX = (plane: Plane): Plane =>
  mapPlane(plane, plane.width, plane.height, (x, y) => [plane.width - 1 - x, y]);

/** Top becomes bottom. */
export const flippedY = (plane: Plane): Plane =>
  mapPlane(plane, plane.width, plane.height, (x, y) => [x, plane.height - 1 - y]);

/** Rows become columns. */
export const transposed = (plane: Plane): Plane =>
  mapPlane(plane, plane.height, plane.width, (x, y) => [y, x]);

/** Nearest source pixel under the middle of each target pixel, in exact whole numbers. */
export function nearest(plane: Plane, width: number, height: number): Plane {
  return mapPlane(plane, width, height, (x, y) => [
    Math.floor(((2 * x + 1) * plane.width) / (2 * width)),
    Math.floor(((2 * y + 1) * plane.height) / (2 * height)),
  ]);
}

/** The mean of the area that each target pixel covers, halves up; each overlap in whole parts, sums in BigInt. */
export function averaged(plane: Plane, width: number, height: number): Plane {
  const { channels } = plane;
  const overlap = (target: number, source: number, from: number, to: number): number =>
    Math.max(0, Math.min((target + 1) * from, (source + 1) * to) - Math.max(target * from, source * to));
  const covered = (target: number, from: number, to: number): number[] => {
    const first = Math.floor((target * from) / to);
    const last = Math.ceil(((target + 1) * from) / to);
    return Array.from({ length: last - first }, (_, index) => first + index);
  };
  const area = BigInt(plane.width) * BigInt(plane.height);
  const samples = Array.from({ length: width * height * channels }, (_, index) => {
    const x = Math.floor(index / channels) % width;
    const y = Math.floor(index / channels / width);
    let sum = 0n;
    for (const row of covered(y, plane.height, height)) {
      for (const column of covered(x, plane.width, width)) {
        const weight = overlap(x, column, plane.width, width) * overlap(y, row, plane.height, height);
        const sample = plane.samples[(row * plane.width + column) * channels + (index % channels)]!;
        sum += BigInt(weight) * BigInt(sample);
      }
    }
    return Number((2n * sum + area) / (2n * area));
  });
  return { ...plane, width, height, samples };
}

/** Writes the words of the plane job block; those not given are 0. */
export function setPlaneJob(
  exports: CoreExports,
  words: Partial<Record<(typeof PLANE_JOB_WORDS)[number], number>>,
): void {
  const block = new DataView(exports.memory.buffer, exports.planeJobAddress(), 4 * PLANE_JOB_WORDS.length);
  PLANE_JOB_WORDS.forEach((word, index) => {
    block.setUint32(4 * index, words[word] ?? 0, true);
  });
}

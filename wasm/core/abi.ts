/** The host's copy of wasm/assembly/abi.ts and index.ts. tests/wasm/abi.test.ts holds the two together. */
import { SAMPLE_TYPES } from "./frame.ts";
import type { ColourMode, SampleType } from "./frame.ts";

/** The only version this host speaks. */
export const ABI_VERSION = 2;

/** Sample type as a number: its place in NDDataType_t. */
export function sampleCode(type: SampleType): number {
  return SAMPLE_TYPES.indexOf(type);
}

/** Colour mode as a number: NDColorMode_t. */
export const COLOUR_CODE: Readonly<Record<ColourMode, number>> = { mono: 0, rgb1: 2, rgb2: 3, rgb3: 4 };

/** Negative answers of exports, by name; the table is in wasm/README.md. */
export const RESULT = {
  badSampleType: -1,
  badColourMode: -2,
  badSize: -3,
  badRange: -4,
  badOption: -5,
  outputFull: -6,
  truncated: -7,
  tooLong: -8,
  tooShort: -9,
  badDistance: -10,
  badHeader: -11,
} as const;

/** Word offsets of the JPEG job block, u32 each (wasm/assembly/jpeg/job.ts). */
export const JPEG_JOB_WORDS = [
  "source",
  "width",
  "height",
  "colourMode",
  "quality",
  "subsampling",
  "workspace",
  "output",
  "capacity",
  "sampleType",
  "scaled",
  "densityUnit",
  "densityX",
  "densityY",
  "comment",
  "commentBytes",
  "huffman",
  "counts",
  "restart",
  "firstRow",
  "endRow",
  "none",
] as const;

/** Behind them, f64 each. */
export const JPEG_JOB_NUMBERS = ["low", "high"] as const;

/** Word offsets of the plane job block, u32 each (wasm/assembly/pixel/plane-job.ts). */
export const PLANE_JOB_WORDS = [
  "source",
  "sourceStride",
  "width",
  "height",
  "target",
  "targetStride",
  "targetWidth",
  "targetHeight",
  "sampleBytes",
  "channels",
  "turn",
  "workspace",
] as const;

/** Bits of the plane job's `turn`. */
export const TURN = { transpose: 1, flipX: 2, flipY: 4 } as const;

/** What the module exports. Addresses are byte offsets into `memory` and arrive as signed 32-bit numbers. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly abiVersion: () => number;
  readonly usesSimd: () => number;
  readonly freeStart: () => number;
  readonly measurementAddress: () => number;
  readonly measure: (sampleType: number, source: number, count: number) => number;
  readonly scale: (
    sampleType: number,
    source: number,
    count: number,
    target: number,
    low: number,
    high: number,
  ) => number;
  readonly swapBytes: (bytes: number, address: number, count: number) => number;
  readonly toRgba: (
    colourMode: number,
    source: number,
    width: number,
    height: number,
    target: number,
  ) => number;
  readonly scaleDeep: (
    sampleType: number,
    source: number,
    count: number,
    target: number,
    low: number,
    high: number,
  ) => number;
  readonly liftSigned: (address: number, count: number) => number;
  readonly interleave: (
    sampleBytes: number,
    red: number,
    green: number,
    blue: number,
    count: number,
    target: number,
  ) => number;
  readonly planeJobAddress: () => number;
  readonly orient: () => number;
  readonly resizeArea: () => number;
  readonly resizeNearest: () => number;
  readonly resizeWorkspaceBytes: (width: number, channels: number) => number;
  readonly demosaic: (
    sampleType: number,
    pattern: number,
    source: number,
    width: number,
    height: number,
    target: number,
  ) => number;
  readonly yuvToRgb: (
    groupPixels: number,
    source: number,
    width: number,
    height: number,
    target: number,
  ) => number;
  readonly percentileWorkspaceBytes: () => number;
  readonly percentiles: (
    sampleType: number,
    source: number,
    count: number,
    lowFraction: number,
    highFraction: number,
    workspace: number,
  ) => number;
  readonly tallyBytes: () => number;
  readonly tally: (
    sampleType: number,
    source: number,
    count: number,
    low: number,
    high: number,
    target: number,
  ) => number;
  readonly stepsWorkspaceBytes: () => number;
  readonly scaleBySteps: (
    sampleType: number,
    source: number,
    count: number,
    target: number,
    low: number,
    high: number,
    thresholds: number,
    workspace: number,
  ) => number;
  readonly applyMap: (source: number, count: number, palette: number, target: number) => number;
  readonly invertLevels: (address: number, count: number) => number;
  readonly paintOutside: (
    sampleType: number,
    colourMode: number,
    source: number,
    width: number,
    height: number,
    low: number,
    high: number,
    target: number,
  ) => number;
  readonly jpegJobAddress: () => number;
  readonly jpegWorkspaceBytes: (width: number, colourMode: number, subsampling: number) => number;
  readonly jpegBoundBytes: (width: number, height: number, colourMode: number, subsampling: number) => number;
  readonly encodeJpeg: () => number;
  readonly unpackFaultAddress: () => number;
  readonly lz4: (source: number, sourceBytes: number, target: number, targetBytes: number) => number;
  readonly lz4hdf5: (
    source: number,
    sourceBytes: number,
    target: number,
    targetBytes: number,
    blockBytes: number,
  ) => number;
  readonly bslz4: (
    source: number,
    sourceBytes: number,
    target: number,
    count: number,
    bytes: number,
    blockCount: number,
    workspace: number,
  ) => number;
  readonly blosclz: (source: number, sourceBytes: number, target: number, targetBytes: number) => number;
  readonly snappy: (source: number, sourceBytes: number, target: number, targetBytes: number) => number;
  readonly byteUnshuffle: (bytes: number, source: number, count: number, target: number) => void;
  readonly bitUnshuffle: (bytes: number, source: number, count: number, target: number) => void;
  readonly rgbaToSamples: (source: number, pixels: number, channels: number, target: number) => number;
}

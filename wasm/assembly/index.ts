/**
 * The whole ABI on one page: exports only. Addresses are byte offsets into the exported memory, counts are samples.
 * Units, ownership and result codes are in wasm/README.md.
 */
import { ABI_VERSION } from "./abi";
import { MEASUREMENT } from "./memory";

export { encodeJpeg, jpegBoundBytes, jpegJobAddress, jpegWorkspaceBytes } from "./jpeg/encode";
// Two kernels of the encoder by themselves, for tests to compare the builds; the host has no use for them.
export { fdct } from "./jpeg/fdct";
export { makeDivisors, quantize } from "./jpeg/quantize";
export { freeStart } from "./memory";
export { demosaic } from "./pixel/bayer";
export { swapBytes } from "./pixel/byte-order";
export { scaleBySteps, stepsWorkspaceBytes } from "./pixel/curve";
export { interleave, liftSigned, scaleDeep } from "./pixel/deep";
export { applyMap, invertLevels } from "./pixel/map";
export { measure } from "./pixel/measure";
export { orient } from "./pixel/orient";
export { paintOutside } from "./pixel/paint";
export { percentileWorkspaceBytes, percentiles } from "./pixel/percentile";
export { planeJobAddress } from "./pixel/plane-job";
export { resizeArea, resizeWorkspaceBytes } from "./pixel/resize-area";
export { resizeNearest } from "./pixel/resize-nearest";
export { scale } from "./pixel/scale";
export { toRgba } from "./pixel/rgba";
export { tally, tallyBytes } from "./pixel/tally";
export { yuvToRgb } from "./pixel/yuv";
export { bitUnshuffle } from "./unpack/bit-unshuffle";
export { blosclz } from "./unpack/blosclz";
export { bslz4 } from "./unpack/bslz4";
export { byteUnshuffle } from "./unpack/byte-unshuffle";
export { unpackFaultAddress } from "./unpack/fault";
export { lz4 } from "./unpack/lz4";
export { lz4hdf5 } from "./unpack/lz4hdf5";
export { rgbaToSamples } from "./unpack/rgba-samples";
export { snappy } from "./unpack/snappy";

/** The version of this page; the host refuses any other than its own. */
export function abiVersion(): i32 {
  return ABI_VERSION;
}

/** 1 in the SIMD build, 0 in the scalar one. */
export function usesSimd(): i32 {
  return i32(ASC_FEATURE_SIMD);
}

/** Where measure() leaves its three f64: low, high, number of finite samples. */
export function measurementAddress(): usize {
  return MEASUREMENT;
}

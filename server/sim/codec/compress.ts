import { deflateSync } from "node:zlib";
import { bytesPerSample, type Core, DEFAULT_RECIPE, type Frame } from "../../../wasm/core/index.ts";
import type { CameraSpec, Codec } from "../vocabulary.ts";
import { compressBlosc } from "./blosc.ts";
import { compressBslz4, compressLz4Hdf5 } from "./bslz4.ts";
import { compressLz4 } from "./lz4.ts";

/** ADCore's default of 1 GiB a block would make one block of everything; several show more. */
const HDF5_BLOCK_BYTES = 256 * 1024;

/** NDPluginCodec's default quality. */
const JPEG_QUALITY = 85;

/** Compresses a whole frame; the result is an array of its own. */
export type Compressor = (pixels: Uint8Array) => Uint8Array;

/** `codec.name` of each of our words. */
export function codecName(codec: Codec): string {
  if (codec === "none") return "";
  return codec.startsWith("blosc") ? "blosc" : codec;
}

/**
 * What NDPluginCodec does to this camera's frames (NDPluginCodec.cpp); undefined where nothing is to be done.
 *
 * @param core for JPEG frames
 */
export function compressorFor(spec: CameraSpec, core: Core): Compressor | undefined {
  const elementBytes = bytesPerSample(spec.sampleType);
  switch (spec.codec) {
    case "none":
      return undefined;
    case "jpeg":
      return (pixels) => compressJpeg(spec, pixels, core);
    case "zlib":
      return (pixels) => deflateSync(pixels, { level: 1 });
    case "lz4":
      return compressLz4;
    case "lz4hdf5":
      return (pixels) => compressLz4Hdf5(pixels, HDF5_BLOCK_BYTES);
    case "bslz4":
      return (pixels) => compressBslz4(pixels, elementBytes);
    case "blosc":
      return (pixels) => compressBlosc(pixels, elementBytes, "lz4");
    case "blosc-zlib":
      return (pixels) => compressBlosc(pixels, elementBytes, "zlib");
    case "blosc-zstd":
      return (pixels) => compressBlosc(pixels, elementBytes, "zstd");
  }
}

/** Signed bytes go in as they are, as ADCore does it. */
function compressJpeg({ width, height, colour }: CameraSpec, pixels: Uint8Array, core: Core): Uint8Array {
  const colourMode = colour === "rgb1" || colour === "rgb2" || colour === "rgb3" ? colour : "mono";
  const frame: Frame = { width, height, sampleType: "uint8", colourMode, bigEndian: false, pixels };
  return core.encodeJpeg(frame, { ...DEFAULT_RECIPE, quality: JPEG_QUALITY }).jpeg.slice();
}

/** What a frame is, and the checks that make one safe to hand to the core. Pixels only: nothing here knows PVA. */

/** Sample types in the order of NDDataType_t (ADCore, NDAttribute.h); the index is the code at the WebAssembly door. */
export const SAMPLE_TYPES = [
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "float32",
  "float64",
] as const;

/** What one sample is. */
export type SampleType = (typeof SAMPLE_TYPES)[number];

const BYTES: Readonly<Record<SampleType, 1 | 2 | 4 | 8>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
};

/** Bytes that one sample takes. */
export function bytesPerSample(type: SampleType): 1 | 2 | 4 | 8 {
  return BYTES[type];
}

/**
 * How the samples of a finished picture lie (NDColorMode_t in ADCore, NDArray.h). `mono`: one each. `rgb1`: R G B of a
 * pixel together. `rgb2`: a row of R, a row of G, a row of B, then the next row. `rgb3`: all R, all G, all B.
 */
export const COLOUR_MODES = ["mono", "rgb1", "rgb2", "rgb3"] as const;

/** One of {@link COLOUR_MODES}. */
export type ColourMode = (typeof COLOUR_MODES)[number];

/** Samples that one pixel takes: 1 (mono) or 3. */
export function samplesPerPixel(mode: ColourMode): 1 | 3 {
  return mode === "mono" ? 1 : 3;
}

/** A picture whose colours are made: its samples are width × height × {@link samplesPerPixel}. */
export interface PictureShape {
  readonly width: number;
  readonly height: number;
  readonly colourMode: ColourMode;
}

/**
 * How the samples of a frame may lie; the index is the number in NDColorMode_t. Those that are not of
 * {@link COLOUR_MODES} become `rgb1` first. `bayer`: one sample a pixel, its colour by its place. `yuv444`: U Y V.
 * `yuv422`: U Y V Y for two pixels. `yuv411`: U Y Y V Y Y for four.
 */
export const FRAME_MODES = ["mono", "bayer", "rgb1", "rgb2", "rgb3", "yuv444", "yuv422", "yuv411"] as const;

/** One of {@link FRAME_MODES}. */
export type FrameMode = (typeof FRAME_MODES)[number];

/** Pixels that share samples in a row; widths are whole multiples of it. */
export function pixelsPerGroup(mode: FrameMode): 1 | 2 | 4 {
  if (mode === "yuv411") return 4;
  return mode === "yuv422" ? 2 : 1;
}

/** Samples of one group of {@link pixelsPerGroup}. */
export function samplesPerGroup(mode: FrameMode): 1 | 3 | 4 | 6 {
  switch (mode) {
    case "mono":
    case "bayer":
      return 1;
    case "yuv422":
      return 4;
    case "yuv411":
      return 6;
    default:
      return 3;
  }
}

/** The colours of the first two pixels of the first two rows, in the order of the attribute BayerPattern (NDArray.h). */
export const BAYER_PATTERNS = ["rggb", "gbrg", "grbg", "bggr"] as const;

/** One of {@link BAYER_PATTERNS}. */
export type BayerPattern = (typeof BAYER_PATTERNS)[number];

/** How the bytes of a frame are packed: the names of NDCodec.cpp in ADCore, `none` for its empty one. */
export const CODECS = ["none", "jpeg", "zlib", "blosc", "lz4", "lz4hdf5", "bslz4"] as const;

/** One of {@link CODECS}. */
export type Codec = (typeof CODECS)[number];

/** One picture, or a stack of them, as the camera sent it. The core reads it during a call and keeps nothing of it. */
export interface Frame {
  /** Pixels in a row, at least 1. */
  readonly width: number;
  /** Rows, at least 1; a one-dimensional array has height 1. */
  readonly height: number;
  readonly sampleType: SampleType;
  readonly colourMode: FrameMode;
  /** Byte order of the samples; false nearly always. */
  readonly bigEndian: boolean;
  /**
   * Exactly width × height × samples per pixel × planes × bytes per sample, no padding between rows; with a codec, the
   * packed bytes that become so many. May view a SharedArrayBuffer. Never written by the core.
   */
  readonly pixels: Uint8Array;
  /** Pictures one behind the other, 1 if absent. */
  readonly planes?: number;
  /** The pattern at pixel 0, 0 of this frame, whatever region of the sensor it is; absent: rggb. Only for `bayer`. */
  readonly bayer?: BayerPattern;
  /** `none` if absent. */
  readonly codec?: Codec;
  /** The columns run against those of the sensor (`reverse` of the dimension): told, and undone only if asked. */
  readonly reverseX?: boolean;
  /** The same of the rows. */
  readonly reverseY?: boolean;
}

/** Everything of a frame that decides how many bytes its samples are. */
export type FrameShape = Pick<Frame, "width" | "height" | "sampleType" | "colourMode" | "planes">;

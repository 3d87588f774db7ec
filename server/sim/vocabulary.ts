import type { SampleType } from "../../wasm/core/index.ts";

/** What a simulated camera looks at. */
export const PATTERNS = ["beam", "diffraction", "bars", "noise", "gradient"] as const;
export type PatternName = (typeof PATTERNS)[number];

/** How colour is laid out in the array; the words of ADCore's ColorMode and BayerPattern in lower case. */
export const COLOURS = [
  "mono",
  "rgb1",
  "rgb2",
  "rgb3",
  "bayer-rggb",
  "bayer-gbrg",
  "bayer-grbg",
  "bayer-bggr",
  "yuv444",
  "yuv422",
  "yuv411",
] as const;
export type Colour = (typeof COLOURS)[number];

/** BayerPattern's values in their order (ADCore, NDArray.h), each the first two rows of two pixels. */
const BAYER_PATTERNS = ["rggb", "gbrg", "grbg", "bggr"] as const;
export type BayerPattern = (typeof BAYER_PATTERNS)[number];

/** The pattern of a Bayer colour; undefined for all others. */
export function bayerPatternOf(colour: Colour): BayerPattern | undefined {
  return BAYER_PATTERNS.find((pattern) => colour === `bayer-${pattern}`);
}

/** Whether there are pixels that share colour samples. */
export function isYuv(colour: Colour): boolean {
  return colour.startsWith("yuv");
}

/**
 * How the array is compressed: the names ADCore has in `codec.name` (NDCodec.cpp), `none` for its empty one. `blosc` is
 * LZ4 after a byte shuffle; `blosc-zlib` and `blosc-zstd` send the name `blosc`, too.
 */
export const CODECS = [
  "none",
  "jpeg",
  "zlib",
  "lz4",
  "lz4hdf5",
  "bslz4",
  "blosc",
  "blosc-zlib",
  "blosc-zstd",
] as const;
export type Codec = (typeof CODECS)[number];

/** Everything a camera name says; sizes in pixels, rate in frames a second. */
export interface CameraSpec {
  readonly pattern: PatternName;
  readonly width: number;
  readonly height: number;
  readonly sampleType: SampleType;
  readonly colour: Colour;
  readonly codec: Codec;
  readonly framesPerSecond: number;
}

/** What a name that gives only the pattern means: the kind of camera usually pointed at such a thing. */
export const DEFAULTS: Readonly<Record<PatternName, Omit<CameraSpec, "pattern">>> = {
  beam: plain({ width: 1024, height: 1024, sampleType: "uint8", framesPerSecond: 25 }),
  diffraction: plain({ width: 1024, height: 1024, sampleType: "uint16", framesPerSecond: 10 }),
  bars: { ...plain({ width: 1280, height: 720, sampleType: "uint8", framesPerSecond: 25 }), colour: "rgb1" },
  noise: plain({ width: 640, height: 480, sampleType: "uint8", framesPerSecond: 25 }),
  gradient: plain({ width: 1024, height: 768, sampleType: "uint16", framesPerSecond: 25 }),
};

type Grey = Pick<CameraSpec, "width" | "height" | "sampleType" | "framesPerSecond">;

function plain(camera: Grey): Omit<CameraSpec, "pattern"> {
  return { ...camera, colour: "mono", codec: "none" };
}

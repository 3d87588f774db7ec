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
 * How the samples of a pixel lie (NDColorMode_t in ADCore, NDArray.h). `mono`: one each. `rgb1`: R G B of a pixel
 * together. `rgb2`: a row of R, a row of G, a row of B, then the next row. `rgb3`: all R, all G, all B.
 */
export const COLOUR_MODES = ["mono", "rgb1", "rgb2", "rgb3"] as const;

/** One of {@link COLOUR_MODES}. */
export type ColourMode = (typeof COLOUR_MODES)[number];

/** Samples that one pixel takes: 1 (mono) or 3. */
export function samplesPerPixel(mode: ColourMode): 1 | 3 {
  return mode === "mono" ? 1 : 3;
}

/** One picture as the camera sent it. The core reads it during a call and keeps nothing of it. */
export interface Frame {
  /** Pixels in a row, at least 1. */
  readonly width: number;
  /** Rows, at least 1; a one-dimensional array has height 1. */
  readonly height: number;
  readonly sampleType: SampleType;
  readonly colourMode: ColourMode;
  /** Byte order of the samples; false nearly always. */
  readonly bigEndian: boolean;
  /**
   * Exactly width × height × samples per pixel × bytes per sample, no padding between rows. May view a
   * SharedArrayBuffer. Never written by the core.
   */
  readonly pixels: Uint8Array;
}

/** Everything of a frame but its bytes. */
export type FrameShape = Pick<Frame, "width" | "height" | "sampleType" | "colourMode">;

/** Stable names of what can be wrong with a frame. */
export type FrameErrorCode =
  /** Width or height is not a whole number of at least 1. */
  | "bad-size"
  /** The sample type is none of SAMPLE_TYPES (a caller outside TypeScript). */
  | "bad-sample-type"
  /** The colour mode is none of COLOUR_MODES (a caller outside TypeScript). */
  | "bad-colour-mode"
  /** More bytes than the caller's limit. */
  | "too-large"
  /** The pixels are not as many bytes as the shape says. */
  | "size-mismatch";

/** A frame that contradicts itself. `have` and `need` are bytes where sizes are compared. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  readonly code: FrameErrorCode;
  readonly have: number | undefined;
  readonly need: number | undefined;

  constructor(code: FrameErrorCode, message: string, numbers: { have?: number; need?: number } = {}) {
    super(message);
    this.code = code;
    this.have = numbers.have;
    this.need = numbers.need;
  }
}

/**
 * Bytes that a frame of this shape has. Safe to call before anything is allocated: every input is checked.
 *
 * @param shape as announced by a peer
 * @param limit the most bytes the caller will take
 * @throws FrameError bad-size, bad-sample-type, bad-colour-mode, too-large
 */
export function frameBytes(shape: FrameShape, limit = Number.MAX_SAFE_INTEGER): number {
  const { width, height, sampleType, colourMode } = shape;
  if (!isCount(width) || !isCount(height)) {
    throw new FrameError(
      "bad-size",
      `a frame of ${width} × ${height} pixels: both must be whole numbers from 1`,
    );
  }
  if (!SAMPLE_TYPES.includes(sampleType)) {
    throw new FrameError(
      "bad-sample-type",
      `sample type ${sampleType as string}: none of ${SAMPLE_TYPES.join(", ")}`,
    );
  }
  if (!COLOUR_MODES.includes(colourMode)) {
    throw new FrameError(
      "bad-colour-mode",
      `colour mode ${colourMode as string}: none of ${COLOUR_MODES.join(", ")}`,
    );
  }
  const bytes = width * height * samplesPerPixel(colourMode) * bytesPerSample(sampleType);
  if (bytes > limit) {
    const message = `${describe(shape)} is ${bytes} bytes, more than the limit of ${limit}`;
    throw new FrameError("too-large", message, { have: bytes, need: limit });
  }
  return bytes;
}

/**
 * Holds a frame to its own words.
 *
 * @throws FrameError whatever {@link frameBytes} throws, or size-mismatch with have and need in bytes
 */
export function checkFrame(frame: Frame, limit?: number): void {
  const need = frameBytes(frame, limit);
  const have = frame.pixels.byteLength;
  if (have === need) return;
  throw new FrameError("size-mismatch", `${describe(frame)} needs ${need} bytes, the array has ${have}`, {
    have,
    need,
  });
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function describe(shape: FrameShape): string {
  return `a ${shape.colourMode} frame of ${shape.width} × ${shape.height} ${shape.sampleType}`;
}

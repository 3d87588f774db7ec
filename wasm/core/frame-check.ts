/** Holds frames to their own words before anything is allocated or read. */
import { BAYER_PATTERNS, CODECS, FRAME_MODES, SAMPLE_TYPES } from "./frame.ts";
import { bytesPerSample, pixelsPerGroup, samplesPerGroup } from "./frame.ts";
import type { Frame, FrameShape } from "./frame.ts";

/** Stable names of what can be wrong with a frame. */
export type FrameErrorCode =
  /** Width, height or planes is not a whole number of at least 1. */
  | "bad-size"
  /** The sample type is none of SAMPLE_TYPES. */
  | "bad-sample-type"
  /** The colour mode is none of FRAME_MODES. */
  | "bad-colour-mode"
  /** The Bayer pattern is none of BAYER_PATTERNS. */
  | "bad-bayer-pattern"
  /** The codec is none of CODECS. */
  | "bad-codec"
  /** Two words of the frame cannot both be true: a width that its YUV mode has not, YUV of more than 8 bits. */
  | "contradiction"
  /** More bytes than the caller's limit. */
  | "too-large"
  /** The pixels are not as many bytes as the shape says. */
  | "size-mismatch";

/** A frame that contradicts itself. `have` and `need` are bytes where sizes are compared, else as the message says. */
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
 * Bytes of all samples of a frame of this shape, unpacked. Safe to call before anything is allocated: every input is
 * checked.
 *
 * @param shape as announced by a peer
 * @param limit the most bytes the caller will take
 * @throws FrameError bad-size, bad-sample-type, bad-colour-mode, contradiction, too-large
 */
export function frameBytes(shape: FrameShape, limit = Number.MAX_SAFE_INTEGER): number {
  const { width, height, sampleType, colourMode, planes = 1 } = shape;
  if (!isCount(width) || !isCount(height) || !isCount(planes)) {
    const stack = shape.planes === undefined ? "" : ` × ${planes} planes`;
    throw new FrameError(
      "bad-size",
      `a frame of ${width} × ${height}${stack} pixels: both must be whole numbers from 1`,
    );
  }
  requireWord("bad-sample-type", "sample type", sampleType, SAMPLE_TYPES);
  requireWord("bad-colour-mode", "colour mode", colourMode, FRAME_MODES);
  checkYuv(shape);
  const samples = (width / pixelsPerGroup(colourMode)) * samplesPerGroup(colourMode) * height * planes;
  const bytes = samples * bytesPerSample(sampleType);
  if (bytes > limit) {
    const message = `${describe(shape)} is ${bytes} bytes, more than the limit of ${limit}`;
    throw new FrameError("too-large", message, { have: bytes, need: limit });
  }
  return bytes;
}

/**
 * Holds a frame to its own words.
 *
 * @returns the bytes of its samples, unpacked
 * @throws FrameError whatever {@link frameBytes} throws, bad-bayer-pattern, bad-codec, or size-mismatch with have and
 *   need in bytes; of a frame with a codec only that there is a byte
 */
export function checkFrame(frame: Frame, limit?: number): number {
  const bytes = frameBytes(frame, limit);
  const { bayer, codec = "none" } = frame;
  if (bayer !== undefined) requireWord("bad-bayer-pattern", "Bayer pattern", bayer, BAYER_PATTERNS);
  requireWord("bad-codec", "codec", codec, CODECS);
  const have = frame.pixels.byteLength;
  if (codec === "none" ? have === bytes : have > 0) return bytes;
  const need = codec === "none" ? bytes : 1;
  throw new FrameError("size-mismatch", `${describe(frame)} needs ${need} bytes, the array has ${have}`, {
    have,
    need,
  });
}

/** Rows hold whole groups, and only 8-bit YUV has a meaning (GenICam PFNC: YUV422_8, YUV411_8). */
function checkYuv(shape: FrameShape): void {
  const { width, colourMode, sampleType } = shape;
  if (!colourMode.startsWith("yuv")) return;
  const group = pixelsPerGroup(colourMode);
  if (width % group !== 0) {
    const message = `${describe(shape)}: its width must be a multiple of ${group}`;
    throw new FrameError("contradiction", message, { have: width, need: group });
  }
  if (sampleType === "uint8" || sampleType === "int8") return;
  const message = `${describe(shape)}: YUV has samples of one byte, not ${bytesPerSample(sampleType)}`;
  throw new FrameError("contradiction", message, { have: bytesPerSample(sampleType), need: 1 });
}

function requireWord(code: FrameErrorCode, what: string, word: string, words: readonly string[]): void {
  if (!words.includes(word)) throw new FrameError(code, `${what} ${word}: none of ${words.join(", ")}`);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function describe(shape: FrameShape): string {
  const stack = (shape.planes ?? 1) === 1 ? "" : ` × ${shape.planes} planes`;
  return `a ${shape.colourMode} frame of ${shape.width} × ${shape.height}${stack} ${shape.sampleType}`;
}

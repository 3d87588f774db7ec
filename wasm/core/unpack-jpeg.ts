/** JPEG-coded frames become samples, through a decoder from outside: the core writes JPEGs, it does not read them. */
import type { CoreExports } from "./abi.ts";
import { CoreError } from "./errors.ts";
import { bytesPerSample } from "./frame.ts";
import type { FrameMode, SampleType } from "./frame.ts";
import type { JobMemory } from "./job-memory.ts";
import { hasEoi, readJpegHeader } from "./jpeg-header.ts";
import type { JpegHeader } from "./jpeg-header.ts";
import type { Region } from "./unpack.ts";
import { UnpackError } from "./unpack-error.ts";

/** What a decoder makes: four bytes a pixel, R G B A, row by row from the top, as ImageData has them. */
export interface DecodedJpeg {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Decodes a whole file, at once and without waiting; throws if it cannot. The bytes may view a SharedArrayBuffer. Its
 * header was read before: 8 bits, one component or three, and as many pixels as the frame has.
 */
export type JpegDecoder = (file: Uint8Array) => DecodedJpeg;

/** What the frame says of a picture that is packed as JPEG. */
export interface JpegShape {
  readonly width: number;
  readonly height: number;
  readonly colourMode: FrameMode;
  readonly sampleType: SampleType;
  readonly planes?: number;
}

/** 8-bit samples. ADCore leaves the source's layout in the frame, so the mode comes from the file. */
export interface DecodedSamples extends Region {
  readonly colourMode: "mono" | "bayer" | "rgb1";
}

/**
 * Decodes into a new region of the job's memory: a sample a pixel for a grey file, three for colour.
 *
 * @throws UnpackError no-decoder, truncated, bad-header, size-mismatch (have, need: pixels, components, bytes or planes), bad-stream;
 *   CoreError out-of-memory
 */
export function unpackJpeg(
  exports: CoreExports,
  memory: JobMemory,
  file: Uint8Array,
  shape: JpegShape,
  decoder: JpegDecoder | undefined,
): DecodedSamples {
  const header = readJpegHeader(file);
  checkHeader(header, shape);
  if (!hasEoi(file)) {
    const place = { offset: file.byteLength, have: 0, need: 2 };
    throw new UnpackError("truncated", "jpeg", "the file ends without EOI", place);
  }
  if (decoder === undefined) {
    throw new UnpackError("no-decoder", "jpeg", "no JPEG decoder was handed to the core", { offset: 0 });
  }
  const pixels = shape.width * shape.height;
  const colour = header.components === 3;
  const bytes = colour ? 3 * pixels : pixels;
  // Before the decoder makes as much again: what is beyond the limit is never made.
  const address = memory.take(bytes);
  const rgba = memory.take(4 * pixels);
  const { data } = decode(decoder, file, shape);
  memory.view(rgba, 4 * pixels).set(data);
  const result = exports.rgbaToSamples(rgba, pixels, colour ? 3 : 1, address);
  if (result !== 0) throw new CoreError("refused", `the core refused rgbaToSamples with result ${result}`);
  if (colour) return { address, bytes, colourMode: "rgb1" };
  return { address, bytes, colourMode: shape.colourMode === "bayer" ? "bayer" : "mono" };
}

function checkHeader(header: JpegHeader, shape: JpegShape): void {
  const { width, height, components, precision } = header;
  const bytes = bytesPerSample(shape.sampleType);
  if (bytes !== 1) {
    const what = `a file of 8 bits, the frame is ${shape.sampleType}`;
    throw new UnpackError("size-mismatch", "jpeg", what, { offset: 0, have: 1, need: bytes });
  }
  const { planes = 1 } = shape;
  if (planes !== 1) {
    const what = `one picture, the frame has ${planes} planes`;
    throw new UnpackError("size-mismatch", "jpeg", what, { offset: 0, have: 1, need: planes });
  }
  if (precision !== 8) {
    throw new UnpackError("bad-header", "jpeg", `samples of ${precision} bits`, {
      offset: 0,
      have: precision,
      need: 8,
    });
  }
  if (components !== 1 && components !== 3) {
    throw new UnpackError("bad-header", "jpeg", `${components} components`, {
      offset: 0,
      have: components,
      need: 3,
    });
  }
  if (width !== shape.width || height !== shape.height) {
    const what = `a picture of ${width} × ${height}, the frame is ${shape.width} × ${shape.height}`;
    const numbers = { have: width * height, need: shape.width * shape.height };
    throw new UnpackError("size-mismatch", "jpeg", what, { offset: 0, ...numbers });
  }
  const most = shape.colourMode === "mono" || shape.colourMode === "bayer" ? 1 : 3;
  if (components > most) {
    const what = `${components} components, the frame is ${shape.colourMode}`;
    throw new UnpackError("size-mismatch", "jpeg", what, { offset: 0, have: components, need: most });
  }
}

function decode(decoder: JpegDecoder, file: Uint8Array, shape: JpegShape): DecodedJpeg {
  const need = 4 * shape.width * shape.height;
  const decoded = answerOf(decoder, file);
  if (decoded.data.byteLength === need && decoded.width === shape.width && decoded.height === shape.height) {
    return decoded;
  }
  const what = `the decoder made ${decoded.data.byteLength} bytes`;
  throw new UnpackError("bad-stream", "jpeg", what, { offset: 0, have: decoded.data.byteLength, need });
}

function answerOf(decoder: JpegDecoder, file: Uint8Array): DecodedJpeg {
  try {
    return decoder(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UnpackError("bad-stream", "jpeg", `the decoder refused the file: ${why}`, { offset: 0, cause });
  }
}

/** The array behind a frame, without its codec and without any drawing. */
import type { Engine } from "./engine.ts";
import { bytesPerSample } from "./frame.ts";
import type { Frame, FrameMode } from "./frame.ts";
import { checkFrame } from "./frame-check.ts";
import { unpackJpeg } from "./unpack-jpeg.ts";
import { unpack } from "./unpack.ts";

/** The samples of a frame as its camera made them: same type, same order, same byte order. */
export interface Unpacked {
  /** The frame's own pixels where it has no codec; else a view of the core's memory, valid until its next call. */
  readonly samples: Uint8Array;
  /** How they lie: as the frame says; of a JPEG frame, as the file says. */
  readonly colourMode: FrameMode;
}

/** @throws FrameError, UnpackError; CoreError out-of-memory */
export function unpacked({ exports, memory, inflaters, jpegDecoder }: Engine, frame: Frame): Unpacked {
  const decodedBytes = checkFrame(frame);
  const { codec = "none", colourMode, pixels } = frame;
  if (codec === "none") return { samples: pixels, colourMode };
  memory.startJob();
  if (codec === "jpeg") {
    const { address, bytes, ...file } = unpackJpeg(exports, memory, pixels, frame, jpegDecoder);
    return { samples: memory.view(address, bytes), colourMode: file.colourMode };
  }
  const packed = { address: memory.take(pixels.byteLength), bytes: pixels.byteLength };
  memory.view(packed.address, packed.bytes).set(pixels);
  const perSample = bytesPerSample(frame.sampleType);
  const job = { exports, memory, packed, codec, decodedBytes, bytesPerSample: perSample, inflaters };
  return { samples: memory.view(unpack(job).address, decodedBytes), colourMode };
}

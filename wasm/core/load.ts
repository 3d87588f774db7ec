/** First stage: the samples that are shown, in the core's memory, little-endian. Nothing else of the frame is copied. */
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { copyView, stretchOf, viewBytes } from "./crop.ts";
import { bytesPerSample } from "./frame.ts";
import type { Frame, FrameMode } from "./frame.ts";
import { checkFrame } from "./frame-check.ts";
import type { Recipe } from "./recipe.ts";
import { unpackJpeg } from "./unpack-jpeg.ts";
import { unpack } from "./unpack.ts";
import { viewOf } from "./view.ts";
import type { View } from "./view.ts";

/** What was loaded, and out of which part of the frame. */
export interface Loaded {
  readonly samples: Samples<FrameMode>;
  readonly view: View;
}

/** Starts a job: every region of the one before is forgotten. */
export function load(engine: Engine, frame: Frame, recipe: Recipe): Loaded {
  const bytes = checkFrame(frame);
  engine.memory.startJob();
  const { codec = "none" } = frame;
  if (codec === "none") return loadPlain(engine, frame, viewOf(frame, recipe));
  if (codec === "jpeg") return loadJpeg(engine, frame, recipe);
  const view = viewOf(frame, recipe);
  const packed = copyIn(engine, frame.pixels);
  const { exports, memory, inflaters } = engine;
  const perSample = bytesPerSample(frame.sampleType);
  const job = { exports, memory, packed, codec, decodedBytes: bytes, bytesPerSample: perSample, inflaters };
  const { address } = unpack(job);
  return cropLoaded(engine, frame, view, address);
}

function loadPlain(engine: Engine, frame: Frame, view: View): Loaded {
  const stretch = stretchOf(view, frame.sampleType);
  if (stretch !== undefined) {
    const { offset, bytes } = stretch;
    const { address } = copyIn(engine, frame.pixels.subarray(offset, offset + bytes));
    return inOrder(engine, frame, view, address);
  }
  const bytes = viewBytes(view, frame.sampleType);
  const address = engine.memory.take(bytes);
  copyView(frame.pixels, view, frame.sampleType, engine.memory.view(address, bytes));
  return inOrder(engine, frame, view, address);
}

/** The file says how its samples lie; ADCore leaves the layout of what was packed in the frame. */
function loadJpeg(engine: Engine, frame: Frame, recipe: Recipe): Loaded {
  const { exports, memory, jpegDecoder } = engine;
  const { address, colourMode } = unpackJpeg(exports, memory, frame.pixels, frame, jpegDecoder);
  const decoded: Frame = { ...frame, colourMode, bigEndian: false };
  return cropLoaded(engine, decoded, viewOf(decoded, recipe), address);
}

function cropLoaded(engine: Engine, frame: Frame, view: View, array: number): Loaded {
  const { sampleType } = frame;
  const stretch = stretchOf(view, sampleType);
  if (stretch !== undefined && stretch.offset % 64 === 0) {
    return inOrder(engine, frame, view, array + stretch.offset);
  }
  const bytes = viewBytes(view, sampleType);
  const address = engine.memory.take(bytes);
  // From the array's first byte to the new region: the array lies in it.
  const unpacked = engine.memory.view(array, address - array);
  copyView(unpacked, view, sampleType, engine.memory.view(address, bytes));
  return inOrder(engine, frame, view, address);
}

function copyIn({ memory }: Engine, bytes: Uint8Array): { address: number; bytes: number } {
  const address = memory.take(bytes.byteLength);
  memory.view(address, bytes.byteLength).set(bytes);
  return { address, bytes: bytes.byteLength };
}

function inOrder({ exports }: Engine, frame: Frame, view: View, address: number): Loaded {
  const { sampleType } = frame;
  const size = bytesPerSample(sampleType);
  if (frame.bigEndian && size > 1) {
    accept(exports.swapBytes(size, address, viewBytes(view, sampleType) / size), "swapBytes");
  }
  const { width, height } = view.region;
  return { samples: { address, width, height, sampleType, colourMode: view.layout.colourMode }, view };
}

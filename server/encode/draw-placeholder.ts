/** What a worker does to draw a placeholder. */
import { type Core, DEFAULT_RECIPE, type Picture, readJpegHeader } from "../../wasm/core/index.ts";
import { blockMeans } from "./block-means.ts";
import { type Canvas, letter } from "./lettering.ts";
import type { PlaceholderMessage } from "./messages.ts";

/** Level that white has in the last picture once it is dimmed: words in white can be read on it. */
const DIMMED_WHITE = 80;
/** Level of a picture that has nothing under its words. */
const DARK = 24;
/** Pictures of more pixels are drawn at an eighth of their size and enlarged: 8 million take 0.2 s and 200 MB. */
const LARGEST_CANVAS = 8_000_000;
const SHRINK = 8;

type Size = PlaceholderMessage["size"];

/**
 * Draws words over a picture.
 * @returns the JPEG, a view of the core's memory
 * @throws CoreError when it is too large for a JPEG or for the core's memory
 */
export function drawPlaceholder({ under, size, lines, quality }: PlaceholderMessage, core: Core): Picture {
  const canvas = (under === undefined ? undefined : dimmed(under, size, core)) ?? dark(size);
  letter(canvas, lines);
  const { samples: pixels, width, height, channels } = canvas;
  const colourMode = channels === 1 ? "mono" : "rgb1";
  const frame = { width, height, sampleType: "uint8", colourMode, bigEndian: false, pixels } as const;
  const enlarged = width === size.width && height === size.height ? {} : size;
  return core.encodeJpeg(frame, { ...DEFAULT_RECIPE, quality, ...enlarged });
}

/** The picture with its light turned down; undefined if it cannot be decoded: the words must be told all the same. */
function dimmed(file: Uint8Array, size: Size, core: Core): Canvas | undefined {
  try {
    return isLarge(size) ? dimmedMeans(file, size) : dimmedPixels(file, size, core);
  } catch {
    return undefined;
  }
}

function dimmedPixels(file: Uint8Array, size: Size, core: Core): Canvas {
  const channels = readJpegHeader(file).components === 1 ? 1 : 3;
  const colourMode = channels === 1 ? "mono" : "rgb1";
  const facts = { ...size, sampleType: "uint8", colourMode, bigEndian: false, codec: "jpeg" } as const;
  const range = { kind: "fixed", low: 0, high: (255 * 255) / DIMMED_WHITE } as const;
  const { samples } = core.toSamples({ ...facts, pixels: file }, { ...DEFAULT_RECIPE, range });
  // The core's memory is used again when the words are on it.
  return { ...size, samples: samples.slice(), channels };
}

function dimmedMeans(file: Uint8Array, size: Size): Canvas | undefined {
  const header = readJpegHeader(file);
  if (header.width !== size.width || header.height !== size.height) return undefined;
  const means = blockMeans(file);
  return { ...means, samples: means.samples.map((level) => (level * DIMMED_WHITE) / 255) };
}

function dark(size: Size): Canvas {
  const shrink = isLarge(size) ? SHRINK : 1;
  const [width, height] = [Math.ceil(size.width / shrink), Math.ceil(size.height / shrink)];
  return { samples: new Uint8Array(width * height).fill(DARK), width, height, channels: 1 };
}

function isLarge({ width, height }: Size): boolean {
  return width * height > LARGEST_CANVAS;
}

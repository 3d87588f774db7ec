import { bytesPerSample, type SampleType } from "../../../wasm/core/index.ts";
import { layoutOf, type Layout } from "../layout.ts";
import { type RowWriter, rowWriter } from "../rows.ts";
import { sampleWriter } from "../samples.ts";
import type { Colour } from "../vocabulary.ts";
import { GLYPH_ADVANCE, GLYPH_HEIGHT, glyphDot } from "./font.ts";

/** The counter as blocks: 24 bits, least significant leftmost, each 16 × 16 pixels, bright for 1. */
export const BLOCK_BITS = 24;
export const BLOCK_SIDE = 16;
const BLOCKS_WIDTH = BLOCK_BITS * BLOCK_SIDE;
/** A counter of 24 bits has at most eight decimal digits; shorter ones get leading zeros. */
const DIGITS = 8;

/**
 * The band at the top of a picture that carries the frame counter, on dark ground, the full width of the image:
 *
 *     y = 0              ██  ██████  ██ …      24 blocks of 16 × 16: for programs (only if the image is large enough)
 *     y = 16 (or 0)      00012345              digits of 5 × 7 dots, each dot `dot` × `dot` pixels: for people
 *     y = height         the picture begins
 */
export interface CaptionShape {
  readonly blocks: boolean;
  /** Side of a digit's dot in pixels; 0: no digits. */
  readonly dot: number;
  /** Height of the whole band in pixels; 0: the image is too small for a counter. */
  readonly height: number;
}

/** How much counter an image can carry without hiding its picture. */
export function captionShape(width: number, height: number): CaptionShape {
  const blocks = width >= BLOCKS_WIDTH && height >= 8 * BLOCK_SIDE;
  const fitting = Math.min(Math.floor(width / 256), Math.floor(height / 64), 4);
  const dot = width > DIGITS * GLYPH_ADVANCE && height >= 4 * (GLYPH_HEIGHT + 2) ? Math.max(1, fitting) : 0;
  return { blocks, dot, height: (blocks ? BLOCK_SIDE : 0) + dot * (GLYPH_HEIGHT + 2) };
}

/** The images one counter is written for. */
export interface CaptionTarget {
  readonly width: number;
  readonly height: number;
  readonly sampleType: SampleType;
  readonly colour: Colour;
}

/**
 * Draws the band for frame number `counter` (modulo 2²⁴) into bytes of its own: an image of the target's width, type
 * and colour and of the band's height. One line of each kind is drawn, its repetitions are copied.
 */
export function drawCaption(target: CaptionTarget, counter: number): Uint8Array {
  const shape = captionShape(target.width, target.height);
  const band = new Band(target, shape.height);
  const number = counter % 2 ** BLOCK_BITS;
  if (shape.blocks)
    band.line(0, BLOCK_SIDE, BLOCKS_WIDTH, (x) => ((number >> Math.floor(x / BLOCK_SIDE)) & 1) === 1);
  if (shape.dot === 0) return band.bytes;
  const digits = String(number).padStart(DIGITS, "0");
  const top = (shape.blocks ? BLOCK_SIDE : 0) + shape.dot;
  for (let row = 0; row < GLYPH_HEIGHT; row++) {
    band.line(top + row * shape.dot, shape.dot, DIGITS * GLYPH_ADVANCE * shape.dot, (x) => {
      const dot = Math.floor(x / shape.dot);
      return glyphDot(Number(digits[Math.floor(dot / GLYPH_ADVANCE)]), dot % GLYPH_ADVANCE, row);
    });
  }
  return band.bytes;
}

/**
 * A dark image of two levels, drawn by the line. Without colours every row of a Bayer pattern is like any other, so rows
 * can be copied.
 */
class Band {
  readonly bytes: Uint8Array;
  readonly #layout: Layout;
  readonly #rowBytes: number;
  readonly #planeBytes: number;
  readonly #writeRow: RowWriter;
  readonly #levels: Float32Array;
  readonly #height: number;

  constructor({ width, colour, sampleType }: CaptionTarget, height: number) {
    this.#layout = layoutOf(colour, width, height);
    this.#height = height;
    const sampleBytes = bytesPerSample(sampleType);
    this.bytes = new Uint8Array(this.#layout.samples * sampleBytes);
    this.#rowBytes = this.#layout.rowSamples * sampleBytes;
    this.#planeBytes = this.bytes.byteLength / this.#layout.planes;
    this.#writeRow = rowWriter({ colour, width, height, top: 0 }, sampleWriter(sampleType, this.bytes));
    this.#levels = new Float32Array(width * this.#layout.channels);
    if (height > 0) this.line(0, height, 0, () => false);
  }

  /** Draws columns 0 … `width` of row `y` on dark ground and repeats the row `times` times. */
  line(y: number, times: number, width: number, bright: (x: number) => boolean): void {
    const { channels, planes } = this.#layout;
    this.#levels.fill(0);
    for (let x = 0; x < width; x++) {
      if (bright(x)) this.#levels.fill(1, x * channels, (x + 1) * channels);
    }
    this.#writeRow(y, this.#levels);
    const last = Math.min(y + times, this.#height);
    for (let plane = 0; plane < planes; plane++) {
      const from = plane * this.#planeBytes + y * this.#rowBytes;
      for (let to = y + 1; to < last; to++) {
        this.bytes.copyWithin(from + (to - y) * this.#rowBytes, from, from + this.#rowBytes);
      }
    }
  }
}

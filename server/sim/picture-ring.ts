import { bytesPerSample } from "../../wasm/core/index.ts";
import { captionShape, drawCaption } from "./caption/caption.ts";
import { layoutOf, type Layout } from "./layout.ts";
import { RING_BYTES, RING_FRAMES } from "./limits.ts";
import { PATTERN_OF } from "./pattern/patterns.ts";
import { rowWriter } from "./rows.ts";
import { sampleWriter } from "./samples.ts";
import type { CameraSpec } from "./vocabulary.ts";

/** Pixels drawn between two looks at the time, or one row if that has more. */
const PIXELS_AT_ONCE = 8192;

/**
 * The pictures one camera shows in turn, drawn once and never written again. A frame is a fresh caption band over one
 * of them, so that frames still on their way to a slow client cannot change:
 *
 *     frame n  =  band(n) · picture(n mod 16)        (rgb3: band and picture of each plane)
 */
export class PictureRing {
  readonly #spec: CameraSpec;
  readonly #layout: Layout;
  readonly #bodyHeight: number;
  readonly #bodyBytes: number;
  /** How many pictures the ring will have. */
  readonly length: number;
  readonly #pictures: Uint8Array[] = [];
  #drawing: Generator<void, Uint8Array> | undefined;

  constructor(spec: CameraSpec) {
    this.#spec = spec;
    this.#bodyHeight = spec.height - captionShape(spec.width, spec.height).height;
    this.#layout = layoutOf(spec.colour, spec.width, this.#bodyHeight);
    this.#bodyBytes = this.#layout.samples * bytesPerSample(spec.sampleType);
    this.length = Math.min(RING_FRAMES, Math.max(2, Math.floor(RING_BYTES / this.#bodyBytes)));
  }

  /** The bytes the ring holds when all pictures are drawn. */
  get totalBytes(): number {
    return this.length * this.#bodyBytes;
  }

  /** How many pictures are drawn. */
  get ready(): number {
    return this.#pictures.length;
  }

  /** Draws on for as long as `mayGoOn` says so, asked every few rows. Returns whether all pictures are drawn. */
  draw(mayGoOn: () => boolean): boolean {
    while (this.#pictures.length < this.length) {
      this.#drawing ??= this.#drawPicture(this.#pictures.length / this.length);
      const step = this.#drawing.next();
      if (step.done === true) {
        this.#pictures.push(step.value);
        this.#drawing = undefined;
      }
      if (!mayGoOn()) break;
    }
    return this.#pictures.length === this.length;
  }

  /**
   * The bytes of frame number `counter`, in order, as parts to be sent one after the other; nobody writes to them
   * any more. Needs at least one picture drawn.
   */
  frame(counter: number): Uint8Array[] {
    const picture = this.#pictures[counter % this.#pictures.length];
    if (picture === undefined) throw new Error("no picture is drawn yet");
    const band = drawCaption(this.#spec, counter);
    const { planes } = this.#layout;
    const parts: Uint8Array[] = [];
    for (let plane = 0; plane < planes; plane++) {
      parts.push(planeOf(band, plane, planes), planeOf(picture, plane, planes));
    }
    return parts.filter((part) => part.byteLength > 0);
  }

  /** Shared where another thread compresses the frames: it reads them in place. */
  #newMemory(): ArrayBufferLike {
    return this.#spec.codec === "none"
      ? new ArrayBuffer(this.#bodyBytes)
      : new SharedArrayBuffer(this.#bodyBytes);
  }

  *#drawPicture(phase: number): Generator<void, Uint8Array> {
    const { width, pattern, sampleType, colour } = this.#spec;
    const { channels } = this.#layout;
    const height = this.#bodyHeight;
    const bytes = new Uint8Array(this.#newMemory());
    const part = { colour, width, height, top: this.#spec.height - height };
    const writeRow = rowWriter(part, sampleWriter(sampleType, bytes));
    const painter = PATTERN_OF[pattern]({ width, height, channels, phase });
    const levels = new Float32Array(width * channels);
    const rowsAtOnce = Math.max(1, Math.floor(PIXELS_AT_ONCE / width));
    for (let y = 0; y < height; y++) {
      painter.row(y, levels);
      writeRow(y, levels);
      if (y % rowsAtOnce === rowsAtOnce - 1) yield;
    }
    return bytes;
  }
}

function planeOf(image: Uint8Array, plane: number, planes: number): Uint8Array {
  const size = image.byteLength / planes;
  return image.subarray(plane * size, (plane + 1) * size);
}

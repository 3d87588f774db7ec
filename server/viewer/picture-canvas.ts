import type { PicturePoint } from "./array-region.ts";
import { FrameRate } from "./frame-rate.ts";
import { NewestPicture } from "./newest-picture.ts";

/** From this magnification on, samples are drawn as sharp squares; below it some would come out twice as wide as others. */
const SHARP_FROM = 2;

/** A picture that would be thinner than this, in CSS pixels, is stretched: true to scale a single row is not seen. */
const LEAST_SHOWN = 4;

/** Paints JPEGs on a canvas, newest first, and keeps the last one until a newer one is decoded. */
export class PictureCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #newest: NewestPicture<Blob, ImageBitmap>;
  readonly #resized: ResizeObserver;
  readonly #rate = new FrameRate();

  /** @param painted called after each picture, with whether its size differs from the one before */
  constructor(canvas: HTMLCanvasElement, painted: (resized: boolean) => void = () => undefined) {
    this.#canvas = canvas;
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("This browser cannot draw on a canvas.");
    this.#context = context;
    this.#newest = new NewestPicture(
      (jpeg) => createImageBitmap(jpeg),
      (bitmap) => painted(this.#paint(bitmap)),
      (bitmap) => bitmap.close(),
    );
    this.#resized = new ResizeObserver(() => this.#fit());
    this.#resized.observe(canvas);
  }

  /** A JPEG has come; `taken` is called when it is painted, or will not be. */
  offer(jpeg: Blob, taken: () => void): void {
    this.#newest.offer(jpeg, taken);
  }

  /** Where in the picture a place of the window is. Outside it, its nearest edge. */
  placeAt({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): PicturePoint {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const { width: columns, height: rows, classList } = this.#canvas;
    const scale = Math.min(width / columns, height / rows);
    const thin = classList.contains("thin");
    const [wide, high] = thin ? [width, height] : [columns * scale, rows * scale];
    const along = (place: number, start: number, size: number): number =>
      Math.min(Math.max((place - start) / size, 0), 1);
    return {
      x: along(clientX, left + (width - wide) / 2, wide),
      y: along(clientY, top + (height - high) / 2, high),
    };
  }

  /** Pictures painted per second. */
  get fps(): number {
    return this.#rate.perSecond;
  }

  /** The stream had a break: what comes next is not measured against what came before. */
  restartRate(): void {
    this.#rate.restart();
  }

  /** Nothing is painted any more; what is on the canvas stays. */
  close(): void {
    this.#newest.close();
    this.#resized.disconnect();
  }

  #paint(bitmap: ImageBitmap): boolean {
    const { width, height } = bitmap;
    const resized = this.#canvas.width !== width || this.#canvas.height !== height;
    if (resized) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#fit();
    }
    this.#context.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.#rate.count(performance.now());
    return resized;
  }

  #fit(): void {
    const { clientWidth, clientHeight, width, height, classList } = this.#canvas;
    const scale = Math.min(clientWidth / width, clientHeight / height);
    classList.toggle("sharp", scale * devicePixelRatio >= SHARP_FROM);
    classList.toggle("thin", scale * Math.min(width, height) < LEAST_SHOWN);
  }
}

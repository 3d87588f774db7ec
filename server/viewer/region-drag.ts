import type { PicturePoint } from "./array-region.ts";

/** A shorter way than this, in CSS pixels, is a click. */
const LEAST_DRAG = 6;

/** What a drag works on. */
export interface DragHost {
  /** Where in the picture a pointer is; undefined while there is nothing to choose from. */
  place(event: PointerEvent): PicturePoint | undefined;
  /** Whether a finger may draw too; otherwise it scrolls the page. */
  fingers(): boolean;
  /** Two opposite corners were chosen. */
  chosen(from: PicturePoint, to: PicturePoint): void;
}

/** Draws a rectangle over a picture with the mouse, a pen or a finger. Escape gives it up. */
export class RegionDrag {
  readonly #canvas: HTMLCanvasElement;
  readonly #frame: HTMLElement;
  readonly #host: DragHost;
  #start: { readonly event: PointerEvent; readonly place: PicturePoint } | undefined;
  #drawing = false;

  /** @param frame the rectangle's element, in the same place of the page as the canvas */
  constructor(canvas: HTMLCanvasElement, frame: HTMLElement, host: DragHost) {
    this.#canvas = canvas;
    this.#frame = frame;
    this.#host = host;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#draw(event));
    canvas.addEventListener("pointerup", (event) => this.#end(event));
    canvas.addEventListener("pointercancel", () => this.#giveUp());
    canvas.addEventListener("lostpointercapture", () => this.#giveUp());
  }

  #begin(event: PointerEvent): void {
    if (!event.isPrimary || event.button !== 0) return;
    if (event.pointerType === "touch" && !this.#host.fingers()) return;
    const place = this.#host.place(event);
    if (place === undefined) return;
    this.#start = { event, place };
    this.#canvas.setPointerCapture(event.pointerId);
    document.addEventListener("keydown", this.#escape, { capture: true });
  }

  #draw(event: PointerEvent): void {
    if (this.#start === undefined) return;
    const [x, y] = [event.clientX - this.#start.event.clientX, event.clientY - this.#start.event.clientY];
    this.#drawing ||= Math.max(Math.abs(x), Math.abs(y)) >= LEAST_DRAG;
    if (!this.#drawing) return;
    const stage = this.#canvas.getBoundingClientRect();
    const left = Math.min(event.clientX, this.#start.event.clientX) - stage.left;
    const top = Math.min(event.clientY, this.#start.event.clientY) - stage.top;
    const { style } = this.#frame;
    style.left = `${left}px`;
    style.top = `${top}px`;
    style.width = `${Math.abs(x)}px`;
    style.height = `${Math.abs(y)}px`;
    this.#frame.hidden = false;
  }

  #end(event: PointerEvent): void {
    const from = this.#drawing ? this.#start?.place : undefined;
    const to = this.#host.place(event);
    this.#giveUp();
    if (from !== undefined && to !== undefined) this.#host.chosen(from, to);
  }

  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.#giveUp();
  };

  #giveUp(): void {
    this.#start = undefined;
    this.#drawing = false;
    this.#frame.hidden = true;
    document.removeEventListener("keydown", this.#escape, { capture: true });
  }
}

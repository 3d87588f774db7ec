import type { FrameShape } from "../../wasm/core/index.ts";
import type { CameraFrame } from "./camera-frame.ts";
import type { Hold } from "./slots.ts";

/** What a frame carries besides its shape and its bytes. */
type FrameNotes = Pick<
  CameraFrame,
  "sequence" | "uniqueId" | "missed" | "iocTime" | "cameraTime" | "receivedAt" | "bigEndian"
>;

/** A frame in a slot: facts that never change, and the hold on its pixels. */
export class PublishedFrame implements CameraFrame {
  readonly width: CameraFrame["width"];
  readonly height: CameraFrame["height"];
  readonly sampleType: CameraFrame["sampleType"];
  readonly colourMode: CameraFrame["colourMode"];
  readonly bigEndian: boolean;
  readonly pixels: Uint8Array;
  readonly sequence: number;
  readonly uniqueId: number;
  readonly missed: number;
  readonly iocTime: number | undefined;
  readonly cameraTime: number | undefined;
  readonly receivedAt: number;
  readonly #hold: Hold;

  /**
   * @param shape of the picture
   * @param pixels exactly the picture's bytes, in the slot that `hold` keeps
   * @param notes everything else
   * @param hold counts who needs the pixels
   */
  constructor(shape: FrameShape, pixels: Uint8Array, notes: FrameNotes, hold: Hold) {
    this.width = shape.width;
    this.height = shape.height;
    this.sampleType = shape.sampleType;
    this.colourMode = shape.colourMode;
    this.bigEndian = notes.bigEndian;
    this.pixels = pixels;
    this.sequence = notes.sequence;
    this.uniqueId = notes.uniqueId;
    this.missed = notes.missed;
    this.iocTime = notes.iocTime;
    this.cameraTime = notes.cameraTime;
    this.receivedAt = notes.receivedAt;
    this.#hold = hold;
  }

  retain(): void {
    this.#hold.retain();
  }

  release(): void {
    this.#hold.release();
  }

  /** Whether the pixels are still this frame's: false once everybody has given it up. */
  get alive(): boolean {
    return this.#hold.holders > 0;
  }
}

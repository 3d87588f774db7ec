import type { BayerPattern, Codec } from "../../wasm/core/index.ts";
import type { CameraFrame } from "./camera-frame.ts";
import type { Image } from "./from-ndarray.ts";
import type { Hold } from "./slots.ts";

/** What a frame carries besides what its bytes are. */
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
  readonly planes: number;
  readonly codec: Codec;
  readonly bayer?: BayerPattern;
  readonly reverseX: boolean;
  readonly reverseY: boolean;
  readonly pixels: Uint8Array;
  readonly sequence: number;
  readonly uniqueId: number;
  readonly missed: number;
  readonly iocTime: number | undefined;
  readonly cameraTime: number | undefined;
  readonly receivedAt: number;
  readonly #hold: Hold;

  /**
   * @param image what the bytes are
   * @param pixels exactly its bytes, in the slot that `hold` keeps
   * @param notes everything else
   * @param hold counts who needs the pixels
   */
  constructor(image: Image, pixels: Uint8Array, notes: FrameNotes, hold: Hold) {
    this.width = image.width;
    this.height = image.height;
    this.sampleType = image.sampleType;
    this.colourMode = image.colourMode;
    this.planes = image.planes ?? 1;
    this.codec = image.codec ?? "none";
    if (image.bayer !== undefined) this.bayer = image.bayer;
    this.reverseX = image.reverseX ?? false;
    this.reverseY = image.reverseY ?? false;
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

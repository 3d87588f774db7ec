import type { BulkSink } from "../pva/index.ts";
import { ImageFault } from "./fault.ts";
import type { UpdatePixels } from "./image-structure.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { type Hold, Slots } from "./slots.ts";

const HOST_IS_BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/** Pixels in a slot, to be published or abandoned. */
export type PlacedPixels = Extract<UpdatePixels, { kind: "placed" }>;

/** Where the pixels of one PV come in: gives each array a slot, within the limit, and remembers why it gave none. */
export class PixelIntake {
  readonly #maxFrameBytes: number;
  readonly #budget: MemoryBudget | undefined;
  readonly #slots: Slots;
  /** Why the array that is coming in got no place; undefined where it did, or where no slot was free. */
  #refusal: ImageFault | undefined;
  #open = true;

  /** What the monitor's bulk field is read into. */
  readonly sink: BulkSink = {
    acquire: ({ byteLength }) => this.#acquire(byteLength),
    abandon: (destination) => this.abandon(destination),
  };

  /**
   * @param maxFrameBytes the largest array to take, bytes
   * @param budget asked for the memory of all of them
   */
  constructor(maxFrameBytes: number, budget?: MemoryBudget) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#budget = budget;
    this.#slots = new Slots(budget);
  }

  /** While closed it has no place for anything: nobody watches, or the PV has no images. */
  get open(): boolean {
    return this.#open;
  }

  set open(open: boolean) {
    this.#open = open;
  }

  /**
   * The pixels of an update in a slot.
   * @returns undefined when every slot is in use
   * @throws ImageFault where the array is too large, or is no array of numbers
   */
  place(pixels: UpdatePixels): PlacedPixels | undefined {
    if (pixels.kind === "placed") return pixels;
    if (pixels.kind === "no-numbers") {
      throw new ImageFault(
        "not-an-image",
        "sample-type",
        `The pixels are ${pixels.what}, not an array of numbers.`,
      );
    }
    if (pixels.kind === "decoded") {
      const place = this.#acquire(pixels.bytes.byteLength);
      place?.set(pixels.bytes);
      if (place !== undefined) return { ...pixels, kind: "placed", place, bigEndian: HOST_IS_BIG_ENDIAN };
    }
    if (this.#refusal !== undefined) throw this.#refusal;
    return undefined;
  }

  /** Makes these the newest pixels. */
  publish(pixels: PlacedPixels): Hold {
    return this.#slots.publish(pixels.place);
  }

  /** Gives up a place whose bytes will not be a frame. */
  abandon(place: Uint8Array): void {
    this.#slots.abandon(place);
  }

  /** Gives up the newest frame and takes nothing more. */
  close(): void {
    this.#open = false;
    this.#slots.close();
  }

  #acquire(byteLength: number): Uint8Array | undefined {
    this.#refusal = undefined;
    if (!this.#open || byteLength === 0) return undefined;
    if (byteLength > this.#maxFrameBytes) {
      const message = `An image of ${byteLength} bytes is larger than the limit of ${this.#maxFrameBytes}.`;
      this.#refusal = new ImageFault("bad-frame", "limit", message);
      return undefined;
    }
    const place = this.#slots.acquire(byteLength);
    if (this.#slots.starved) this.#refusal = outOfMemory(byteLength, this.#budget);
    return place;
  }
}

function outOfMemory(byteLength: number, budget: MemoryBudget | undefined): ImageFault {
  const taken =
    budget === undefined ? "" : `: all cameras together take ${budget.used} of ${budget.bytes} (--memory)`;
  return new ImageFault(
    "bad-frame",
    "memory",
    `There is no memory for an image of ${byteLength} bytes${taken}.`,
  );
}

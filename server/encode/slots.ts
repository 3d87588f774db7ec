/**
 * The memory of frames on its way to a worker. Each new reference to a SharedArrayBuffer counts in its thread as if the
 * memory were new, and makes the engine collect garbage all the time (0.2 ms of processor time a megabyte frame). So a
 * buffer goes over once, and from then on only its number does.
 */
import type { Frame } from "../../wasm/core/index.ts";
import type { StartMessage, TaskMessage } from "./messages.ts";

/** Pixels in shared memory, as they are posted. */
interface PostedPixels {
  readonly slot: number;
  /** Only with the first message about this slot. */
  readonly buffer?: SharedArrayBuffer;
  readonly offset: number;
  readonly bytes: number;
}

/** A frame as it is posted: unshared pixels are copied on the way. */
type PostedFrame = Omit<Frame, "pixels"> & { readonly pixels: PostedPixels | Uint8Array };

type WithFrame = Extract<TaskMessage, { readonly frame: Frame }>;

/** A message as it is posted. */
export type PostedMessage =
  | StartMessage
  | Exclude<TaskMessage, WithFrame>
  | {
      [Kind in WithFrame as Kind["kind"]]: Omit<Kind, "frame"> & { readonly frame: PostedFrame };
    }[WithFrame["kind"]]
  /** This memory is no more: nobody will speak of it again. Is not answered. */
  | { readonly kind: "forget"; readonly slot: number };

/** The pool's end, one for each worker. */
export class SlotSender {
  readonly #numbers = new WeakMap<SharedArrayBuffer, number>();
  readonly #gone: FinalizationRegistry<number>;
  #count = 0;

  /** @param post sends a message that the worker does not answer */
  constructor(post: (message: PostedMessage) => void) {
    this.#gone = new FinalizationRegistry((slot) => post({ kind: "forget", slot }));
  }

  /** Puts numbers in the place of buffers. */
  close(message: StartMessage | TaskMessage): PostedMessage {
    if (!("frame" in message)) return message;
    return { ...message, frame: { ...message.frame, pixels: this.#posted(message.frame.pixels) } };
  }

  #posted(pixels: Uint8Array): PostedPixels | Uint8Array {
    const { buffer, byteOffset: offset, byteLength: bytes } = pixels;
    if (!(buffer instanceof SharedArrayBuffer)) return pixels;
    const known = this.#numbers.get(buffer);
    if (known !== undefined) return { slot: known, offset, bytes };
    const slot = this.#count++;
    this.#numbers.set(buffer, slot);
    this.#gone.register(buffer, slot);
    return { slot, buffer, offset, bytes };
  }
}

/** The worker's end. */
export class SlotReceiver {
  readonly #buffers = new Map<number, SharedArrayBuffer>();

  /** Puts buffers in the place of numbers; undefined for a message that asks nothing. */
  open(message: PostedMessage): StartMessage | TaskMessage | undefined {
    if (message.kind === "forget") {
      this.#buffers.delete(message.slot);
      return undefined;
    }
    if (!("frame" in message)) return message;
    return { ...message, frame: { ...message.frame, pixels: this.#view(message.frame.pixels) } };
  }

  #view(pixels: PostedPixels | Uint8Array): Uint8Array {
    if (pixels instanceof Uint8Array) return pixels;
    const { slot, buffer = this.#buffers.get(slot), offset, bytes } = pixels;
    if (buffer === undefined) throw new Error(`Nothing is known of slot ${slot}.`);
    this.#buffers.set(slot, buffer);
    return new Uint8Array(buffer, offset, bytes);
  }
}

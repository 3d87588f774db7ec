import type {
  ChannelState,
  Monitor,
  MonitorListener,
  MonitorUpdate,
  PvaError,
  StructureValue,
} from "../pva/index.ts";
import type { CameraFrame } from "./camera-frame.ts";
import { FaultLog } from "./fault-log.ts";
import { ImageFault } from "./fault.ts";
import { type Image, imageOf } from "./from-ndarray.ts";
import { PIXEL_FIELD, pixelsOf, type UpdatePixels, whyNoImage } from "./image-structure.ts";
import { asItsFile } from "./jpeg-image.ts";
import { MissedFrames, timeOf, uniqueIdOf } from "./metadata.ts";
import { PixelIntake, type PlacedPixels } from "./pixel-intake.ts";
import { PublishedFrame } from "./published-frame.ts";
import type { Source, SourceDependencies, SourceListener, SourceState } from "./source.ts";

/**
 * Subscribes to a PV and publishes its images until `stop`.
 *
 * @param pv channel name
 * @param dependencies the client, the clock, the log, and the largest image to take
 * @param listener told of states, frames and faults, one call at a time
 */
export function openSource(pv: string, dependencies: SourceDependencies, listener: SourceListener): Source {
  return new ImageSource(pv, dependencies, listener);
}

class ImageSource implements Source {
  readonly #dependencies: SourceDependencies;
  readonly #listener: SourceListener;
  readonly #intake: PixelIntake;
  readonly #faults: FaultLog;
  readonly #missed = new MissedFrames();
  readonly #monitor: Monitor;
  #newest: PublishedFrame | undefined;
  #published = 0;
  #missedSinceNewest = 0;
  /** What the listener was told last. */
  #told: SourceState["kind"] | undefined;
  #stopped = false;

  constructor(pv: string, dependencies: SourceDependencies, listener: SourceListener) {
    const { client, clock, log, maxFrameBytes, budget } = dependencies;
    this.#dependencies = dependencies;
    this.#listener = listener;
    this.#intake = new PixelIntake(maxFrameBytes, budget);
    this.#faults = new FaultLog(pv, log, clock);
    this.#monitor = client.monitor(
      pv,
      { bulk: { field: PIXEL_FIELD, sink: this.#intake.sink } },
      this.#monitorListener(),
    );
  }

  get newest(): CameraFrame | undefined {
    return this.#newest?.alive === true ? this.#newest : undefined;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#monitor.stop();
    this.#intake.close();
  }

  #monitorListener(): MonitorListener {
    return {
      state: (state) => this.#unlessStopped(() => this.#channelState(state)),
      update: (update) => this.#unlessStopped(() => this.#update(update)),
      fault: (error) => this.#unlessStopped(() => this.#failed(faultOf(error))),
    };
  }

  #unlessStopped(task: () => void): void {
    if (!this.#stopped) task();
  }

  #channelState(state: ChannelState): void {
    if (state.kind === "connected") this.#connected(state);
    else if (state.kind === "disconnected") this.#tell({ kind: "disconnected", reason: state.reason });
    else if (state.kind === "refused") this.#tell({ kind: "disconnected", reason: state.message });
    // Looking for a PV that was lost is still being disconnected, with the reason already given.
    else if (this.#told === undefined) this.#tell({ kind: "connecting" });
  }

  #connected({ server, type }: Extract<ChannelState, { kind: "connected" }>): void {
    this.#missed.restart();
    this.#tell({ kind: "connected", server });
    const reason = whyNoImage(type);
    this.#intake.open = reason === undefined;
    if (reason !== undefined)
      this.#failed(new ImageFault("not-an-image", "structure", `This PV has no images: ${reason}.`));
  }

  #tell(state: SourceState): void {
    this.#told = state.kind;
    this.#listener.state(state);
  }

  #update(update: MonitorUpdate): void {
    const pixels = this.#intake.open ? pixelsOf(update) : undefined;
    if (pixels === undefined) return;
    this.#missedSinceNewest += this.#missed.before(uniqueIdOf(update.value));
    try {
      this.#take(pixels, update.value);
    } catch (error) {
      if (!(error instanceof ImageFault)) throw error;
      this.#failed(error);
    }
  }

  #take(pixels: UpdatePixels, value: StructureValue): void {
    const placed = this.#intake.place(pixels);
    if (placed === undefined) this.#listener.skipped();
    else this.#publish(this.#imageOrAbandon(placed, value), placed, value);
  }

  #imageOrAbandon(pixels: PlacedPixels, value: StructureValue): Image {
    try {
      const { maxFrameBytes } = this.#dependencies;
      const image = imageOf(value, pixels, maxFrameBytes);
      if (image.codec !== "jpeg") return image;
      return asItsFile(image, pixels.place.subarray(0, image.byteLength), maxFrameBytes);
    } catch (error) {
      this.#intake.abandon(pixels.place);
      throw error;
    }
  }

  #publish(image: Image, pixels: PlacedPixels, value: StructureValue): void {
    const notes = {
      sequence: ++this.#published,
      uniqueId: uniqueIdOf(value) ?? 0,
      missed: this.#missedSinceNewest,
      iocTime: timeOf(value, "timeStamp"),
      cameraTime: timeOf(value, "dataTimeStamp"),
      receivedAt: this.#dependencies.clock.now(),
      // Packed bytes are in the order of the computer that packed them, which nobody tells: little-endian nowadays.
      bigEndian: pixels.bigEndian && image.codec === undefined,
    };
    const bytes = pixels.place.subarray(0, image.byteLength);
    this.#missedSinceNewest = 0;
    this.#faults.good();
    this.#newest = new PublishedFrame(image, bytes, notes, this.#intake.publish(pixels));
    this.#listener.frame(this.#newest);
  }

  #failed(fault: ImageFault): void {
    this.#faults.note(fault);
    this.#listener.fault(fault);
  }
}

/** A fault of the channel in the words of this room. */
function faultOf(error: PvaError): ImageFault {
  return new ImageFault("bad-frame", error.code === "limit" ? "limit" : "channel", error.message, error);
}

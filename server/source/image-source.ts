import { frameBytes, type FrameShape } from "../../wasm/core/index.ts";
import type {
  BulkSink,
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
import { imageOf } from "./from-ndarray.ts";
import { PIXEL_FIELD, pixelsOf, type UpdatePixels, whyNoImage } from "./image-structure.ts";
import { MissedFrames, timeOf, uniqueIdOf } from "./metadata.ts";
import { MissingDimension } from "./missing-dimension.ts";
import { PublishedFrame } from "./published-frame.ts";
import { Slots } from "./slots.ts";
import type { Source, SourceCounters, SourceDependencies, SourceListener, SourceState } from "./source.ts";

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

/** How long the GET for missing dimensions may take, milliseconds. */
const GET_TIMEOUT_MS = 3000;
const HOST_IS_BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

type PlacedPixels = Extract<UpdatePixels, { kind: "placed" }>;

class ImageSource implements Source {
  readonly #counts = { received: 0, published: 0, missed: 0, skipped: 0, failed: 0 };
  readonly #dependencies: SourceDependencies;
  readonly #listener: SourceListener;
  readonly #monitor: Monitor;
  readonly #slots = new Slots();
  readonly #missed = new MissedFrames();
  readonly #faults: FaultLog;
  readonly #dimension: MissingDimension;
  #newest: PublishedFrame | undefined;
  #missedSinceNewest = 0;
  /** Why the sink gave no place for the array that is coming in; undefined where it did, or where no slot was free. */
  #refusal: ImageFault | undefined;
  /** What the listener was told last. */
  #told: SourceState["kind"] | undefined;
  /** The PV's type has no images: said once for each connection, its updates are passed over. */
  #notAnImage = false;
  #stopped = false;

  constructor(pv: string, dependencies: SourceDependencies, listener: SourceListener) {
    const { client, clock, log } = dependencies;
    this.#dependencies = dependencies;
    this.#listener = listener;
    this.#faults = new FaultLog(pv, log, clock);
    this.#dimension = new MissingDimension(() =>
      client.get(pv, { timeoutMs: GET_TIMEOUT_MS, fields: ["dimension", "attribute"] }),
    );
    this.#monitor = client.monitor(
      pv,
      { bulk: { field: PIXEL_FIELD, sink: this.#sink() } },
      this.#monitorListener(),
    );
  }

  get newest(): CameraFrame | undefined {
    return this.#newest?.alive === true ? this.#newest : undefined;
  }

  get counters(): SourceCounters {
    return { ...this.#counts, skipped: this.#counts.skipped + this.#slots.unread };
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#monitor.stop();
    this.#slots.close();
  }

  #sink(): BulkSink {
    return {
      acquire: ({ byteLength }) => this.#acquire(byteLength),
      abandon: (destination) => this.#slots.abandon(destination),
    };
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

  #acquire(byteLength: number): Uint8Array | undefined {
    this.#refusal = undefined;
    if (this.#stopped || this.#notAnImage || byteLength === 0) return undefined;
    const limit = this.#dependencies.maxFrameBytes;
    if (byteLength > limit) {
      this.#refusal = new ImageFault(
        "bad-frame",
        "limit",
        `An image of ${byteLength} bytes is larger than the limit of ${limit}.`,
      );
      return undefined;
    }
    return this.#slots.acquire(byteLength);
  }

  #channelState(state: ChannelState): void {
    switch (state.kind) {
      case "connected":
        return this.#connected(state);
      case "disconnected":
        return this.#tell({ kind: "disconnected", reason: state.reason });
      case "refused":
        return this.#tell({ kind: "disconnected", reason: state.message });
      default:
        // Looking for a PV that was lost is still being disconnected, with the reason already given.
        if (this.#told === undefined) this.#tell({ kind: "connecting" });
    }
  }

  #connected({ server, type }: Extract<ChannelState, { kind: "connected" }>): void {
    this.#missed.restart();
    this.#dimension.restart();
    this.#tell({ kind: "connected", server });
    const reason = whyNoImage(type);
    this.#notAnImage = reason !== undefined;
    if (reason !== undefined)
      this.#failed(new ImageFault("not-an-image", "structure", `This PV has no images: ${reason}.`));
  }

  #tell(state: SourceState): void {
    this.#told = state.kind;
    this.#listener.state(state);
  }

  #update(update: MonitorUpdate): void {
    const pixels = this.#notAnImage ? undefined : pixelsOf(update);
    if (pixels === undefined) return;
    this.#counts.received++;
    this.#noteMissed(update.value);
    const placed = this.#placed(pixels);
    if (placed !== undefined) this.#publishOrAbandon(placed, update.value);
  }

  #noteMissed(value: StructureValue): void {
    const missed = this.#missed.before(uniqueIdOf(value));
    this.#counts.missed += missed;
    this.#missedSinceNewest += missed;
  }

  /** The pixels in a slot; undefined, and counted, where they got none. */
  #placed(pixels: UpdatePixels): PlacedPixels | undefined {
    switch (pixels.kind) {
      case "placed":
        return pixels;
      case "decoded": {
        const place = this.#acquire(pixels.bytes.byteLength);
        place?.set(pixels.bytes);
        return place === undefined
          ? this.#gotNoPlace()
          : { ...pixels, kind: "placed", place, bigEndian: HOST_IS_BIG_ENDIAN };
      }
      case "declined":
        return this.#gotNoPlace();
      case "no-numbers":
        this.#failed(
          new ImageFault(
            "not-an-image",
            "sample-type",
            `The pixels are ${pixels.what}, not an array of numbers.`,
          ),
        );
        return undefined;
    }
  }

  #gotNoPlace(): undefined {
    if (this.#refusal === undefined) this.#counts.skipped++;
    else this.#failed(this.#refusal);
  }

  #publishOrAbandon(pixels: PlacedPixels, value: StructureValue): void {
    const shape = this.#shapeOf(pixels, value);
    if (shape === undefined) this.#slots.abandon(pixels.place);
    else this.#publish(shape, pixels, value);
  }

  /** The picture's shape; undefined, and counted, where the update is no picture. */
  #shapeOf(pixels: PlacedPixels, value: StructureValue): FrameShape | undefined {
    const described = this.#dimension.complete(value);
    if (described === undefined) {
      this.#counts.skipped++;
      return undefined;
    }
    try {
      return imageOf(described, pixels);
    } catch (error) {
      if (!(error instanceof ImageFault)) throw error;
      this.#failed(error);
      return undefined;
    }
  }

  #publish(shape: FrameShape, { place, bigEndian }: PlacedPixels, value: StructureValue): void {
    const notes = {
      sequence: ++this.#counts.published,
      uniqueId: uniqueIdOf(value) ?? 0,
      missed: this.#missedSinceNewest,
      iocTime: timeOf(value, "timeStamp"),
      cameraTime: timeOf(value, "dataTimeStamp"),
      receivedAt: this.#dependencies.clock.now(),
      bigEndian,
    };
    this.#missedSinceNewest = 0;
    this.#faults.good();
    this.#newest = new PublishedFrame(
      shape,
      place.subarray(0, frameBytes(shape)),
      notes,
      this.#slots.publish(place),
    );
    this.#listener.frame(this.#newest);
  }

  #failed(fault: ImageFault): void {
    this.#counts.failed++;
    this.#faults.note(fault);
    this.#listener.fault(fault);
  }
}

/** A fault of the channel in the words of this room. */
function faultOf(error: PvaError): ImageFault {
  return new ImageFault("bad-frame", error.code === "limit" ? "limit" : "channel", error.message, error);
}

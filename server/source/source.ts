import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { CameraFrame } from "./camera-frame.ts";
import type { ImageFault } from "./fault.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { ImageClient } from "./image-client.ts";

/** Where the PV stands, as far as the network knows. `connected` says nothing about images: they may not flow yet. */
export type SourceState =
  | { readonly kind: "connecting" }
  | { readonly kind: "connected"; readonly server: string }
  | { readonly kind: "disconnected"; readonly reason: string };

/** Who wants the frames. Calls come one at a time and never after `stop`. */
export interface SourceListener {
  /** Each change of state; the first comes before `openSource` returns or later. */
  state(state: SourceState): void;
  /** A new newest frame. `retain` it here, synchronously, to use it later. */
  frame(frame: CameraFrame): void;
  /** A good update came that became no frame because every slot was being read; each time it happens. */
  skipped(): void;
  /** An update that is no image, or not a whole one, each time it happens. */
  fault(fault: ImageFault): void;
}

/** One PV as a source of frames. It exists only while somebody watches. */
export interface Source {
  /**
   * The newest good frame, held by the source. It outlives a disconnect. Undefined before the first, and while an update
   * comes into the slot of a frame that nobody had read.
   */
  readonly newest: CameraFrame | undefined;
  /** Ends the monitor and gives up the newest frame. Frames that others hold stay valid. Calling it twice is harmless. */
  stop(): void;
}

/** What a source needs from the rest of the server. */
export interface SourceDependencies {
  readonly client: ImageClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Upper bound for one image, bytes; a source holds at most three of that size. */
  readonly maxFrameBytes: number;
  /** Shared by all sources; without one each may have its three images. */
  readonly budget?: MemoryBudget;
}

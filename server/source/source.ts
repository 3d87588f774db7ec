import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { CameraFrame } from "./camera-frame.ts";
import type { ImageFault } from "./fault.ts";
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
  /** An update that became no frame, each time it happens. */
  fault(fault: ImageFault): void;
}

/** What became of the updates of one PV since `openSource`; each counts up. */
export interface SourceCounters {
  /** Updates that carried pixels. */
  readonly received: number;
  /** Those that became frames. */
  readonly published: number;
  /** Frames lost on the way here, by gaps in uniqueId ("overrun" in the status). */
  readonly missed: number;
  /** Good updates nobody saw because every slot was being read, and frames replaced before anybody had read them. */
  readonly skipped: number;
  /** Updates that could not become a frame. */
  readonly failed: number;
}

/** One PV as a source of frames. It exists only while somebody watches. */
export interface Source {
  /** The newest good frame, held by the source; undefined before the first. It outlives a disconnect. */
  readonly newest: CameraFrame | undefined;
  readonly counters: SourceCounters;
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
}

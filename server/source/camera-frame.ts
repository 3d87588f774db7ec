import type { Frame } from "../../wasm/core/index.ts";

/**
 * One image of a camera, as the rest of the server passes it on: pixels, layout and times.
 *
 * The pixels live in a slot that the source reuses, so the frame is immutable and valid only while somebody holds it.
 * The source holds it while it is the newest; everybody else calls `retain` while holding the frame from a listener or
 * from `Source.newest` (synchronously: before the next `await`), and `release` exactly once for each `retain`.
 */
export interface CameraFrame extends Frame {
  /** Counts up by one for each frame this source publishes, from 1. */
  readonly sequence: number;
  /** The camera's own frame number; 0 where the PV has none. It may repeat, jump, or start again. */
  readonly uniqueId: number;
  /** How many frames the network or its server lost just before this one, from the gap in uniqueId; 0 if unknown. */
  readonly missed: number;
  /** `timeStamp` in POSIX milliseconds: when the IOC made the array. Undefined where it was never set. */
  readonly iocTime: number | undefined;
  /** `dataTimeStamp` in POSIX milliseconds: the camera's idea of time, which may be decades off. */
  readonly cameraTime: number | undefined;
  /** `Clock.now()` when the update was complete. */
  readonly receivedAt: number;
  /** Keeps the pixels from being overwritten. Throws a FrameLifeError when the frame has already been given up by all. */
  retain(): void;
  /** Gives the frame up. Throws a FrameLifeError when called more often than `retain`. */
  release(): void;
}

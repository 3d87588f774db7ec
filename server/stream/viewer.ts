import type { StreamPicture } from "./picture.ts";
import type { Drops } from "./statistics.ts";
import type { StreamStatus } from "./status.ts";

/** One who watches: a connection to a browser, a snapshot, a program. */
export interface Viewer {
  /**
   * The newest picture, as soon as this viewer may have one by its frame rate and there is a newer one than it had; it
   * is encoded then, not before. Call it when the one before has left, and one call at a time.
   * @param options `repeatAfterMs`: when nothing newer came for so long, the last picture comes again (`repeat` is
   *   true); without it the wait has no end
   * @returns undefined once the viewer or the stream is closed
   */
  next(options?: { readonly repeatAfterMs?: number }): Promise<StreamPicture | undefined>;
  /** The stream's state and rates now. */
  readonly status: StreamStatus;
  /** Frames that came while this viewer watched and that it did not get, each under one name (`overrun` stays 0). */
  readonly drops: Readonly<Drops>;
  /** Calls `task` whenever state, reason, picture shape or encoder have changed; not for rates. The function returned ends it. */
  onStatus(task: (status: StreamStatus) => void): () => void;
  /** Ends watching; a waiting `next` resolves with undefined. Calling it twice is harmless. */
  close(): void;
}

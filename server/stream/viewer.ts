import type { RawPicture, StreamPicture } from "./picture.ts";
import type { Drops } from "./statistics.ts";
import type { StreamStatus, ViewerReport } from "./status.ts";

/** One who watches: a connection to a browser, a program. */
export interface Watching<Picture> {
  /**
   * The newest picture, as soon as this viewer may have one by its frame rate and there is a newer one than it had; it
   * is made then, not before. Call it when the one before has left, and one call at a time.
   * @param options `repeatAfterMs`: when nothing newer came for so long, the last picture comes again (`repeat` is
   *   true); without it the wait has no end
   * @returns undefined once the viewer or the stream is closed, or the call was withdrawn
   */
  next(options?: { readonly repeatAfterMs?: number }): Promise<Picture | undefined>;
  /** Whether a call of `next` waits for a picture; false as soon as there is one, before the promise tells it. */
  readonly waiting: boolean;
  /** Takes a waiting call of `next` back, because its socket is full with something else; nothing is made for it then. */
  withdraw(): void;
  /** To be called when the socket has taken what came of `picture`, `bytes` of them: counts bytes, and the latency up to now. */
  sent(picture: Picture, bytes: number): void;
  /** The stream's state and rates now. */
  readonly status: StreamStatus;
  /** Frames that came while this viewer watched and that it did not get, each under one name (`overrun` stays 0). */
  readonly drops: Readonly<Drops>;
  /** What this viewer had so far. */
  readonly report: ViewerReport;
  /** Calls `task` whenever state, reason, picture shape or encoder have changed; not for rates. The function returned ends it. */
  onStatus(task: (status: StreamStatus) => void): () => void;
  /** Ends watching; a waiting `next` resolves with undefined. Calling it twice is harmless. */
  close(): void;
}

/** Who watches a camera as JPEGs. */
export type Viewer = Watching<StreamPicture>;

/** Who gets a camera's arrays as they come. */
export type RawViewer = Watching<RawPicture>;

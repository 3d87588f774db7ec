/** A picture with words on it, for viewers of a camera that has none to show. */
import type { EncodedPicture } from "./encoder.ts";

/** What a placeholder shows. */
export interface PlaceholderJob {
  /** Pixels of the picture where there is none `under` it; 640 × 480 unless given. */
  readonly size?: { readonly width: number; readonly height: number };
  /**
   * The last picture, which is drawn dimmed under the words: the placeholder is as large as it, and grey if it is. One
   * that cannot be decoded is left out, its size is kept.
   */
  readonly under?: Pick<EncodedPicture, "jpeg" | "width" | "height">;
  /** Reason, PV, time: text from anywhere, which is made harmless and wrapped; what does not fit is left out. */
  readonly lines: readonly string[];
  /** Of the JPEG, 1 to 100; 75 unless given. */
  readonly quality?: number;
}

/** The same pool, for pictures that no camera sent. */
export interface PlaceholderPainter {
  /**
   * Draws a placeholder on an idle worker. It takes a large picture `under` it about as long as to decode it, so draw
   * it once per change of the words and send it again and again.
   * @returns a picture as `Encoder.encode` makes them, without history, from the fast encoder
   * @throws EncodeError `busy`, `cannot-encode`, `worker-crashed`, `timeout`, `closed`
   */
  drawPlaceholder(job: PlaceholderJob): Promise<EncodedPicture>;
}

import type { EncoderDecision } from "../encode/index.ts";
import type { CameraFrame } from "../source/index.ts";
import type { PictureNotes } from "./picture.ts";

/** How a rendition turns frames into pictures. One job at a time. */
export interface PictureMaker<Picture extends PictureNotes> {
  /** The encoder in use and why; undefined before the first job, and where nothing is encoded. */
  readonly decision: EncoderDecision | undefined;
  /** Until when nothing may be made, by `Clock.now()`, and why; undefined: something may. */
  readonly held: { readonly until: number; readonly error: Error } | undefined;
  /** Calls `task` once when a job may begin, later than this call returns. The function returned withdraws it. */
  whenFree(task: () => void): () => void;
  /**
   * Makes a picture of a frame that the caller holds until this settles.
   * @param intervalMs how far apart the pictures are
   * @throws why there is none
   */
  make(frame: CameraFrame, intervalMs: number): Promise<Picture>;
}

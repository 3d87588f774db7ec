import type { EncoderDecision } from "../encode/index.ts";
import type { CameraFrame } from "../source/index.ts";
import type { PictureNotes } from "./picture.ts";
import type { Hold } from "./quarantine.ts";
import type { Trouble } from "./trouble.ts";

/** Pictures that say that there are none. */
export interface Placeholders<Picture> {
  /** The one for a trouble, over the last picture; undefined until `whenDrawn` is called. */
  picture(trouble: Trouble, under: Picture | undefined, whenDrawn: () => void): Picture | undefined;
  /** Nobody looks any more. */
  rest(): void;
}

/** How a rendition turns frames into pictures. One job at a time. */
export interface PictureMaker<Picture extends PictureNotes> {
  /** The encoder in use and why; undefined before the first job, and where nothing is encoded. */
  readonly decision: EncoderDecision | undefined;
  /** Since and until when nothing may be made, and why; undefined: something may. */
  readonly held: Hold | undefined;
  /** What viewers are shown where there is no picture; undefined where they are shown nothing. */
  readonly placeholders: Placeholders<Picture> | undefined;
  /** Calls `task` once when a job may begin, later than this call returns. The function returned withdraws it. */
  whenFree(task: () => void): () => void;
  /**
   * Makes a picture of a frame that the caller holds until this settles.
   * @param intervalMs how far apart the pictures are
   * @throws why there is none
   */
  make(frame: CameraFrame, intervalMs: number): Promise<Picture>;
  /** How many bytes of a picture each viewer is sent. */
  sizeOf(picture: Picture): number;
}

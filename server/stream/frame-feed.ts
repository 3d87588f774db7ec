import type { Clock } from "../clock.ts";
import type { Encoder, EncoderChoice, PlaceholderPainter } from "../encode/index.ts";
import type { Log } from "../log.ts";
import type { CameraFrame } from "../source/index.ts";
import type { Quarantine } from "./quarantine.ts";
import type { Trouble } from "./trouble.ts";

/** What a rendition sees of its stream. */
export interface FrameFeed {
  readonly pv: string;
  /** The newest frame, to be retained synchronously by whoever uses it. */
  readonly newest: CameraFrame | undefined;
  /** Why the camera gives no pictures; undefined while it may. */
  readonly trouble: Trouble | undefined;
  /** Frames a second that the camera sends now. */
  readonly cameraFps: number;
  /** A job on the newest frame begins. */
  begun(sequence: number): void;
  /** It has ended. */
  ended(sequence: number, outcome: JobOutcome): void;
  /** A job made a picture in so many milliseconds of its worker. */
  encoded(ms: number): void;
  /** A viewer took a picture. */
  delivered(): void;
  /** The rendition has changed its encoder, or its frames cannot be encoded any more, or can again. */
  changed(): void;
}

/** How a job ended; `again`: without its fault, and the frame is tried again if no newer one comes. */
export type JobOutcome = "encoded" | "failed" | "again";

/** What a rendition works with. */
export interface RenditionTools {
  readonly clock: Clock;
  readonly log: Log;
  readonly encoder: Encoder & PlaceholderPainter;
  /** The rule for `encoder=auto`; it learns, so each rendition has its own. */
  readonly choice: Pick<EncoderChoice, "choose" | "learn">;
  readonly quarantine: Quarantine;
  /** For how long frames must fail to be trouble, milliseconds. */
  readonly stallMs: number;
}

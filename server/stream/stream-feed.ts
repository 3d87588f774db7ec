import type { CameraFrame } from "../source/index.ts";
import type { CameraSide } from "./camera-side.ts";
import type { FrameFeed, JobOutcome } from "./frame-feed.ts";
import type { FrameLedger } from "./frame-ledger.ts";
import type { StreamTally } from "./tally.ts";
import type { Trouble } from "./trouble.ts";

/** What a stream's feed is made of. */
interface FeedParts {
  /** Asked when it is needed: a camera may have something to tell before it is there. */
  readonly camera: () => CameraSide;
  readonly ledger: FrameLedger;
  readonly tally: StreamTally;
  /** The status of viewers has changed. */
  readonly changed: () => void;
}

/** A stream as its renditions see it: frames of the camera in, the fates of frames and the times of jobs out. */
export class StreamFeed implements FrameFeed {
  readonly pv: string;
  readonly #parts: FeedParts;

  constructor(pv: string, parts: FeedParts) {
    this.pv = pv;
    this.#parts = parts;
  }

  get newest(): CameraFrame | undefined {
    return this.#parts.camera().newest;
  }

  get cameraFps(): number {
    return this.#parts.camera().fps;
  }

  get trouble(): Trouble | undefined {
    return this.#parts.camera().trouble;
  }

  begun(sequence: number): void {
    this.#parts.ledger.begin(sequence);
  }

  ended(sequence: number, outcome: JobOutcome): void {
    this.#parts.ledger.end(sequence, outcome);
  }

  encoded(ms: number): void {
    this.#parts.tally.encoded(ms);
  }

  delivered(): void {
    this.#parts.tally.delivered();
  }

  changed(): void {
    this.#parts.changed();
  }
}

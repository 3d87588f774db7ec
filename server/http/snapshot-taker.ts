import type { Clock } from "../clock.ts";
import { EncodeError, type EncodeErrorCode, type EncoderChoice } from "../encode/index.ts";
import { ServiceError } from "../errors.ts";
import type { CameraFrame } from "../source/index.ts";
import type { GlimpseOptions, Streams } from "../stream/index.ts";
import {
  clientGone,
  jpgFile,
  type SnapshotEncoder,
  type SnapshotFile,
  SnapshotJobs,
} from "./snapshot-jobs.ts";
import type { SnapshotRequest, SnapshotWish } from "./snapshot-request.ts";

/** How many frames are tried when they fail so: of damaged ones there may be two in a row; what kills workers gets few. */
const MOST_ATTEMPTS: Readonly<Partial<Record<EncodeErrorCode, number>>> = {
  "bad-frame": 3,
  "worker-crashed": 2,
};

/** What single pictures are made with. */
export interface SnapshotTools {
  readonly streams: Pick<Streams, "glimpse" | "latest" | "failed">;
  readonly encoder: SnapshotEncoder;
  /** A new rule for `encoder=auto`. */
  readonly newChoice: () => Pick<EncoderChoice, "choose" | "learn">;
  readonly clock: Clock;
}

/**
 * Takes single pictures and arrays of cameras. What viewers of the same recipe were shown lately is taken as it is;
 * else a frame is got, which starts the camera's stream if there is none, and made into a file.
 */
export class SnapshotTaker {
  readonly #tools: SnapshotTools;
  readonly #jobs: SnapshotJobs;

  constructor(tools: SnapshotTools) {
    this.#tools = tools;
    const { streams, encoder, newChoice } = tools;
    this.#jobs = new SnapshotJobs(encoder, newChoice(), (pv, error) => streams.failed(pv, error));
  }

  /**
   * The file that the request asks for, of a frame that is as fresh as it says.
   * @param signal aborts when the client is gone
   * @throws ServiceError as `Streams.glimpse` does, and what has to do with encoding as `Streams.open` does; Refusal
   *   `too-many-snapshots`, `client-gone`
   */
  async take({ pv, wish, maxAgeMs }: SnapshotRequest, signal: AbortSignal): Promise<SnapshotFile> {
    const askedAt = this.#tools.clock.now();
    const notBefore = askedAt - maxAgeMs;
    let failure: ServiceError | undefined;
    let damaged: CameraFrame | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        const shown = this.#shown(pv, wish, notBefore);
        if (shown !== undefined) return shown;
        const frame = await this.#frame(pv, { maxAgeMs, askedAt, signal }, damaged);
        const shownMeanwhile = this.#shown(pv, wish, notBefore);
        damaged = frame;
        if (shownMeanwhile === undefined) return await this.#jobs.make(pv, wish, frame, signal);
        frame.release();
        return shownMeanwhile;
      } catch (error) {
        if (signal.aborted) throw clientGone(pv, error);
        // Where only damaged frames come, that is the trouble, and not that no sound one came in time.
        if (!isEncodeFailure(error)) throw failure ?? error;
        failure = error;
        if (attempt >= (MOST_ATTEMPTS[error.cause.code] ?? 1)) throw error;
        // A worker may have died of anything.
        if (error.cause.code !== "bad-frame") damaged = undefined;
      }
    }
  }

  /** A frame that is fresh enough, and not the one that has just failed. */
  async #frame(pv: string, options: GlimpseOptions, damaged: CameraFrame | undefined): Promise<CameraFrame> {
    const { streams } = this.#tools;
    const frame = await streams.glimpse(pv, options);
    if (frame !== damaged) return frame;
    frame.release();
    return streams.glimpse(pv, { ...options, maxAgeMs: 0 });
  }

  /** What viewers of the same recipe were shown of a frame that came since then. */
  #shown(pv: string, wish: SnapshotWish, notBefore: number): SnapshotFile | undefined {
    if (wish.format !== "jpg") return undefined;
    const picture = this.#tools.streams.latest(pv, wish.recipe);
    return picture !== undefined && picture.receivedAt > notBefore ? jpgFile(picture, picture) : undefined;
  }
}

function isEncodeFailure(error: unknown): error is ServiceError & { readonly cause: EncodeError } {
  return error instanceof ServiceError && error.cause instanceof EncodeError;
}

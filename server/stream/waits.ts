import type { Clock } from "../clock.ts";
import type { CameraSide } from "./camera-side.ts";
import { refusalAfterWait } from "./refusal.ts";
import type { StreamLife } from "./stream-life.ts";

/** What is missing where nothing ever came; `{time}` is how long it was waited for. */
const NO_IMAGE = "but has published no image within {time}";

/** How long newcomers of a stream wait for what they came for, and what they are told then. */
export class Waits {
  readonly #pv: string;
  readonly #clock: Clock;
  readonly #life: StreamLife;
  readonly #camera: CameraSide;
  readonly #longestMs: number;

  /** @param longestMs the connect timeout, milliseconds */
  constructor(pv: string, clock: Clock, life: StreamLife, camera: CameraSide, longestMs: number) {
    this.#pv = pv;
    this.#clock = clock;
    this.#life = life;
    this.#camera = camera;
    this.#longestMs = longestMs;
  }

  /**
   * Calls `task` when somebody has waited long enough; the function returned ends the wait.
   * @param since when he began to wait, by `Clock.now()`; now, unless he waited elsewhere before
   */
  begin(task: () => void, since = this.#clock.now()): () => void {
    const waited = this.#clock.now() - since;
    return this.#clock.after(Math.max(0, this.#longestMs - waited), task);
  }

  /** Why there is no first picture. `failure`: why the newest image that was tried has none. */
  whyNoPicture(failure: unknown): Error {
    const missing =
      this.#camera.newest === undefined
        ? NO_IMAGE
        : "but its first image could not be encoded yet within {time}";
    return this.#refusal(missing, failure);
  }

  /** Why there is no frame that is new enough. */
  whyNoFrame(): Error {
    const { lastFrameAt } = this.#camera;
    if (lastFrameAt === undefined) return this.#refusal(NO_IMAGE, undefined);
    const age = ((this.#clock.now() - lastFrameAt) / 1000).toFixed(1);
    return this.#refusal(`but its newest image is ${age} s old, and none came within {time}`, undefined);
  }

  #refusal(missing: string, failure: unknown): Error {
    const { server, lost } = this.#life;
    const { fault } = this.#camera;
    return refusalAfterWait({
      pv: this.#pv,
      waitedMs: this.#longestMs,
      server,
      lost,
      fault,
      missing,
      failure,
    });
  }
}

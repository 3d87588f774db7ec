import type { CameraFrame } from "../source/index.ts";

/** Those who wait for one frame, whichever comes next. */
export class Glimpses {
  readonly #waiting = new Set<PromiseWithResolvers<CameraFrame>>();

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Waits for the next frame, which is retained for the caller.
   * @param signal ends the wait with its reason
   * @param patience calls its task when the caller has waited long enough, with the reason to reject with; the function
   *   it returns ends that
   */
  async next(
    signal: AbortSignal | undefined,
    patience: (giveUp: (reason: unknown) => void) => () => void,
  ): Promise<CameraFrame> {
    const glimpse = Promise.withResolvers<CameraFrame>();
    this.#waiting.add(glimpse);
    const abort = (): void => this.#refuse(glimpse, signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const end = patience((reason) => this.#refuse(glimpse, reason));
    try {
      return await glimpse.promise;
    } finally {
      end();
      signal?.removeEventListener("abort", abort);
    }
  }

  /** A frame has come. Returns whether somebody had waited for it. */
  offer(frame: CameraFrame): boolean {
    const wanted = this.#waiting.size > 0;
    for (const glimpse of this.#waiting) {
      frame.retain();
      glimpse.resolve(frame);
    }
    this.#waiting.clear();
    return wanted;
  }

  /** Nobody who waits will get one, for this reason. */
  refuseAll(reason: unknown): void {
    for (const glimpse of this.#waiting) this.#refuse(glimpse, reason);
  }

  #refuse(glimpse: PromiseWithResolvers<CameraFrame>, reason: unknown): void {
    // A glimpse that has its frame is not refused any more: the caller holds it.
    if (this.#waiting.delete(glimpse)) glimpse.reject(reason);
  }
}

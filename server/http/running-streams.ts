/** The streams that are being sent, so that a stop can let them come to their end before sockets are cut. */
export class RunningStreams {
  readonly #running = new Set<Promise<void>>();

  /** Counts `stream` until it settles; returns it. */
  track(stream: Promise<void>): Promise<void> {
    const counted = stream.finally(() => this.#running.delete(counted));
    this.#running.add(counted);
    return counted;
  }

  get count(): number {
    return this.#running.size;
  }

  /** Resolves when every stream that runs now has come to its end. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}

/** Bytes that all sources share for the pixels of their frames. */
export class MemoryBudget {
  /** What there is in all. */
  readonly bytes: number;
  #used = 0;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  /** What the slots of all sources take now. */
  get used(): number {
    return this.#used;
  }

  /** Whether so little is left that another camera would hardly get an image. */
  get spent(): boolean {
    return this.#used > 0.99 * this.bytes;
  }

  /** Takes so many bytes; false, and takes none, if there are not so many left. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.bytes) return false;
    this.#used += bytes;
    return true;
  }

  /** Gives bytes back that were taken. */
  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}

/** Gathers slices into one array. A single slice is returned as it came; memory follows what arrived, not what was announced. */
export class ByteGatherer {
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** Whether `#bytes` is ours to write. */
  #own = false;

  get length(): number {
    return this.#length;
  }

  append(slice: Uint8Array): void {
    if (this.#length === 0) {
      this.#bytes = slice;
      this.#own = false;
    } else {
      const need = this.#length + slice.length;
      if (!this.#own || need > this.#bytes.length) {
        const larger = new Uint8Array(Math.max(need, 2 * this.#length));
        larger.set(this.#bytes.subarray(0, this.#length));
        this.#bytes = larger;
        this.#own = true;
      }
      this.#bytes.set(slice, this.#length);
    }
    this.#length += slice.length;
  }

  /** What has been gathered, still held. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What has been gathered; the gatherer is empty afterwards and does not touch those bytes again. */
  take(): Uint8Array {
    const whole = this.view();
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    this.#own = false;
    return whole;
  }
}

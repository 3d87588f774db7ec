/** How long the service's event loop was held at a time; milliseconds of processor time of its main thread. */
export interface LoopReport {
  /** Turns of more than 5 ms. */
  readonly long: number;
  readonly longestMs: number;
  readonly p99Ms: number;
  /** The longest time on the clock between two looks, other processes' turns on the core included. */
  readonly longestGapMs: number;
}

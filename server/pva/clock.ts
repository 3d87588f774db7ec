/** Time as this package sees it; given as an option so that tests can stand still. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** Runs `task` once, `milliseconds` from now; the function returned cancels it. */
  after(milliseconds: number, task: () => void): () => void;
}

/** The machine's clock, used where none is given. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
};

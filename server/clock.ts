/**
 * Time as the server's rooms see it. Rooms take a Clock and never ask the system, so that a test can turn an hour of
 * linger into one call.
 */
export interface Clock {
  /** Monotonic milliseconds, for intervals and due times; its zero means nothing. */
  now(): number;
  /** Milliseconds since 1970 (POSIX), for comparing with IOC and camera time stamps. */
  wallTime(): number;
  /** Runs `task` once, `milliseconds` from now. Returns a function that cancels it; cancelling twice is harmless. */
  after(milliseconds: number, task: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
};

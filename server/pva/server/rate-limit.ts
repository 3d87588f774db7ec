import type { Clock } from "../clock.ts";

/** How fast something may come: so many a second in the long run, so many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Lets a bounded number of things through, from each source and from all together (token buckets). */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perSource: Rate;
  readonly #maxSources: number;
  readonly #total: Bucket;
  /** The source heard of longest ago first. */
  readonly #sources = new Map<string, Bucket>();

  /** @param limits `maxSources` sources remembered; a forgotten one begins anew, the total holds all the same */
  constructor(
    clock: Clock,
    limits: { readonly perSource: Rate; readonly total: Rate; readonly maxSources: number },
  ) {
    this.#clock = clock;
    this.#perSource = limits.perSource;
    this.#maxSources = limits.maxSources;
    this.#total = new Bucket(limits.total, clock.now());
  }

  /** Whether one more from this source may pass now; if so it is counted. */
  allows(source: string): boolean {
    const now = this.#clock.now();
    const bucket = this.#sources.get(source) ?? new Bucket(this.#perSource, now);
    this.#sources.delete(source);
    this.#sources.set(source, bucket);
    if (this.#sources.size > this.#maxSources) {
      const [oldest] = this.#sources.keys();
      this.#sources.delete(oldest!);
    }
    // A source that is over its own share takes nothing from the others' total.
    return bucket.take(now) && this.#total.take(now);
  }
}

class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAt: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAt = now;
  }

  take(now: number): boolean {
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

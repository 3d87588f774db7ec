/** Upper bound of the first bucket, milliseconds. */
const LEAST_MS = 0.25;
/** Buckets to a factor of two: a percentile is off by at most a tenth. */
const PER_OCTAVE = 4;
/** Up to 0.25 ms · 2^24, 70 minutes. */
const OCTAVES = 24;
/** One bucket more than there are bounds holds what is longer than all of them. */
const BUCKETS = PER_OCTAVE * OCTAVES + 2;

/**
 * Upper bounds of the buckets of every histogram, milliseconds, ascending: 0.25 · 2^(k/4), so that each fourth is a power
 * of two and a coarser histogram is made by adding four neighbours. The last bucket has none.
 */
export const BOUNDS_MS: readonly number[] = Array.from(
  { length: BUCKETS - 1 },
  (_, k) => LEAST_MS * 2 ** (k / PER_OCTAVE),
);

/** Durations that half, 90 % and 99 % of the samples do not exceed, milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** What can be read of a histogram. It is live: it goes on counting. */
export interface ReadonlyHistogram {
  /** Samples per bucket: `counts[k]` of them were above BOUNDS_MS[k − 1] and at most BOUNDS_MS[k]. */
  readonly counts: Readonly<Float64Array>;
  /** All samples. */
  readonly count: number;
  /** Their sum, milliseconds. */
  readonly sumMs: number;
}

/** Durations by size, in buckets that never change: a sample costs one logarithm and allocates nothing. */
export class Histogram implements ReadonlyHistogram {
  readonly counts = new Float64Array(BUCKETS);
  #count = 0;
  #sumMs = 0;

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  /** @param ms 0 or more; what is less, or no number, counts as 0 */
  add(ms: number): void {
    const sample = ms > 0 ? ms : 0;
    const bucket = Math.ceil(Math.log2(sample / LEAST_MS) * PER_OCTAVE);
    this.counts[Math.min(Math.max(bucket, 0), BUCKETS - 1)]!++;
    this.#count++;
    this.#sumMs += sample;
  }

  /** Forgets everything. */
  clear(): void {
    this.counts.fill(0);
    this.#count = 0;
    this.#sumMs = 0;
  }
}

/** The percentiles of all samples of several histograms together; undefined where there is none. */
export function percentilesOf(histograms: readonly ReadonlyHistogram[]): Percentiles | undefined {
  const count = histograms.reduce((sum, histogram) => sum + histogram.count, 0);
  if (count === 0) return undefined;
  const [p50, p90, p99] = quantiles(histograms, [0.5 * count, 0.9 * count, 0.99 * count]);
  return { p50: p50!, p90: p90!, p99: p99! };
}

/** The samples of these ranks, ascending, taking samples to lie evenly between the bounds of their bucket. */
function quantiles(histograms: readonly ReadonlyHistogram[], ranks: readonly number[]): number[] {
  const found: number[] = [];
  let below = 0;
  for (let bucket = 0; bucket < BUCKETS && found.length < ranks.length; bucket++) {
    let inside = 0;
    for (const { counts } of histograms) inside += counts[bucket]!;
    const lower = bucket === 0 ? 0 : BOUNDS_MS[bucket - 1]!;
    const upper = BOUNDS_MS[bucket] ?? lower;
    while (inside > 0 && below + inside >= ranks[found.length]!)
      found.push(lower + ((upper - lower) * (ranks[found.length]! - below)) / inside);
    below += inside;
  }
  return found;
}

/**
 * The samples of the last while, for percentiles that say how it is now: two histograms, of which the older is emptied and
 * becomes the newer every `windowMs`. So what is read covers one to two windows.
 */
export class RecentHistogram {
  readonly #windowMs: number;
  #current = new Histogram();
  #before = new Histogram();
  #since = -Infinity;

  /** @param windowMs more than 0 */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** One sample at `now`, monotonic milliseconds. */
  add(ms: number, now: number): void {
    this.#turn(now);
    this.#current.add(ms);
  }

  /** Undefined when nothing came lately. */
  percentiles(now: number): Percentiles | undefined {
    this.#turn(now);
    return percentilesOf([this.#before, this.#current]);
  }

  #turn(now: number): void {
    const windows = (now - this.#since) / this.#windowMs;
    if (windows < 1) return;
    [this.#before, this.#current] = [this.#current, this.#before];
    this.#current.clear();
    if (windows >= 2) this.#before.clear();
    this.#since = now;
  }
}

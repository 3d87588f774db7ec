import { BOUNDS_MS, type ReadonlyHistogram } from "../stream/index.ts";
import type { MetricFamily, Sample } from "./metrics-text.ts";

/** Every fourth bound of a stream's histogram is told, 0.25 ms · 2^k, … */
const STRIDE = 4;
/** … up to this one, 16 s: what takes longer is told of by the count alone. */
const LONGEST_MS = 16_384;
/** Places in BOUNDS_MS of the bounds that are told. */
const TOLD = BOUNDS_MS.flatMap((bound, place) =>
  place % STRIDE === 0 && bound <= LONGEST_MS ? [place] : [],
);

/** A histogram of durations as streams count them, in seconds and in fewer buckets. */
export function durations(name: string, help: string, { counts, sumMs }: ReadonlyHistogram): MetricFamily {
  const bounds = TOLD.map((place) => BOUNDS_MS[place]! / 1000);
  const coarse = TOLD.map((place, k) => sumOf(counts.subarray(k === 0 ? 0 : TOLD[k - 1]! + 1, place + 1)));
  const longer = sumOf(counts.subarray(TOLD.at(-1)! + 1));
  return buckets(name, help, bounds, [...coarse, longer], sumMs / 1000);
}

/**
 * A histogram in the words of Prometheus, whose buckets hold all that is not longer.
 * @param bounds upper bounds, ascending, in the unit of the name
 * @param counts samples between one bound and the next; one more than there are bounds, for what is longer than all
 * @param sum of all samples
 */
export function buckets(
  name: string,
  help: string,
  bounds: readonly number[],
  counts: ArrayLike<number>,
  sum: number,
): MetricFamily {
  const samples: Sample[] = [];
  let count = 0;
  for (let bucket = 0; bucket <= bounds.length; bucket++) {
    count += counts[bucket] ?? 0;
    const le = bucket < bounds.length ? String(bounds[bucket]) : "+Inf";
    samples.push({ suffix: "_bucket", labels: { le }, value: count });
  }
  samples.push({ suffix: "_sum", value: sum }, { suffix: "_count", value: count });
  return { name, help, type: "histogram", samples };
}

function sumOf(counts: Readonly<Float64Array>): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

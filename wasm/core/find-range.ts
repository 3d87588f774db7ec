/** Stage: the range to draw with, measured only where that decides it, and the counts of those who ask for them. */
import { sampleCode } from "./abi.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import type { SampleType } from "./frame.ts";
import { countOf } from "./levels.ts";
import { measurePercentiles } from "./percentiles.ts";
import type { History, PictureOptions, Statistics } from "./picture.ts";
import { needsMeasurement, safeRange } from "./range.ts";
import type { AppliedRange, Measurement } from "./range.ts";
import type { RangeWish, Recipe } from "./recipe.ts";
import { statisticsOf } from "./statistics.ts";
import { steadyRange } from "./steady-range.ts";

/** What was found, and what the next frame wants to know of it. */
export interface FoundRange {
  readonly range: AppliedRange;
  readonly history: History;
  readonly statistics?: Statistics;
}

/**
 * The range of a recipe for these samples. Measured ranges ride on those of the history if the caller says when this
 * is (`options.at`).
 *
 * @param samples what is shown, before any range
 */
export function findRange(
  engine: Engine,
  samples: Samples,
  recipe: Recipe,
  history: History,
  options: PictureOptions,
): FoundRange {
  const { range: wish } = recipe;
  const { sampleType } = samples;
  const wanted = needsMeasurement(wish, sampleType);
  const percentile = wish.kind === "percentile" ? wish : undefined;
  const counted = options.statistics === true;
  const extremes = (wanted && percentile === undefined) || counted ? measure(engine, samples) : undefined;
  const statistics =
    counted && extremes !== undefined ? { statistics: statisticsOf(engine, samples, extremes) } : {};
  const measured =
    percentile === undefined
      ? extremes
      : measurePercentiles(engine, samples, percentile.low, percentile.high);
  return {
    ...rangeFrom(wish, sampleType, wanted ? measured : undefined, history, options.at),
    ...statistics,
  };
}

/**
 * The range of a wish, once everything is measured that it depends on.
 *
 * @param measured undefined where the wish does not ask what is in the frame
 * @param at when this is, ms; measured ranges then ride on the history's
 */
export function rangeFrom(
  wish: RangeWish,
  sampleType: SampleType,
  measured: Measurement | undefined,
  history: History,
  at: number | undefined,
): Pick<FoundRange, "range" | "history"> {
  if (at === undefined || measured === undefined)
    return { range: safeRange(wish, sampleType, measured), history };
  const before = history.range?.of === sampleType ? history.range : undefined;
  const steady = steadyRange(before, measured, at);
  const range = safeRange(wish, sampleType, inType(sampleType, steady));
  return { range, history: { ...history, range: { ...steady, of: sampleType } } };
}

/** An average of bounds lies between the numbers of the type. */
function inType(sampleType: SampleType, { low, high }: Measurement): Measurement {
  if (sampleType === "float64") return { low, high };
  const round = sampleType === "float32" ? Math.fround : Math.round;
  return { low: round(low), high: round(high) };
}

/** Smallest and largest finite sample; low > high if there is none. */
export function measure({ exports, memory }: Engine, samples: Samples): Measurement {
  accept(exports.measure(sampleCode(samples.sampleType), samples.address, countOf(samples)), "measure");
  const found = memory.words(exports.measurementAddress() >>> 0, 16);
  return { low: found.getFloat64(0, true), high: found.getFloat64(8, true) };
}

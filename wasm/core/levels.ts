/** Stage: samples of any type become 8-bit levels, by the range that was asked for or found. */
import { sampleCode } from "./abi.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { samplesPerPixel } from "./frame.ts";
import type { SampleType } from "./frame.ts";
import { needsMeasurement, safeRange } from "./range.ts";
import type { AppliedRange, Measurement } from "./range.ts";
import type { Recipe } from "./recipe.ts";

/** Samples in a picture. */
export function countOf({ width, height, colourMode }: Samples): number {
  return width * height * samplesPerPixel(colourMode);
}

/** Whether the samples are their own levels, without one of them being looked at. */
export function areLevels(sampleType: SampleType, { range, curve, map, saturated }: Recipe): boolean {
  if (sampleType !== "uint8" || saturated === true) return false;
  if ((curve !== undefined && curve.kind !== "linear") || (map !== undefined && map !== "grey")) return false;
  if (range.kind === "fixed") return range.low === 0 && range.high === 255;
  return range.kind === "default" || range.kind === "full";
}

/** The range that a recipe draws these samples with; they are measured only where that decides it. */
export function rangeOf(engine: Engine, samples: Samples, recipe: Recipe): AppliedRange {
  const { sampleType } = samples;
  const measured = needsMeasurement(recipe.range, sampleType) ? measure(engine, samples) : undefined;
  return safeRange(recipe.range, sampleType, measured);
}

/** The same picture in uint8, its bytes untouched where they are their own levels. */
export function toLevels(engine: Engine, samples: Samples, range: AppliedRange): Samples {
  const { sampleType } = samples;
  if (sampleType === "uint8" && range.low === 0 && range.high === 255) return samples;
  const count = countOf(samples);
  const address = engine.memory.take(count);
  const code = sampleCode(sampleType);
  accept(engine.exports.scale(code, samples.address, count, address, range.low, range.high), "scale");
  return { ...samples, address, sampleType: "uint8" };
}

function measure({ exports, memory }: Engine, samples: Samples): Measurement {
  accept(exports.measure(sampleCode(samples.sampleType), samples.address, countOf(samples)), "measure");
  const found = memory.words(exports.measurementAddress() >>> 0, 16);
  return { low: found.getFloat64(0, true), high: found.getFloat64(8, true) };
}

/** Stage: samples of any type become 8-bit levels. */
import { sampleCode } from "./abi.ts";
import { scaleByCurve } from "./curves.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { samplesPerPixel } from "./frame.ts";
import type { SampleType } from "./frame.ts";
import type { AppliedRange } from "./range.ts";
import type { Recipe } from "./recipe.ts";

/** Samples in a picture. */
export function countOf({ width, height, colourMode }: Samples): number {
  return width * height * samplesPerPixel(colourMode);
}

/** Whether nothing but the range decides what a level looks like. Painting is none of it where nothing is outside. */
export function isPlain({ curve, map }: Recipe): boolean {
  return (curve === undefined || curve.kind === "linear") && (map === undefined || map === "grey");
}

/** Whether the samples are their own levels, without one of them being looked at. */
export function areLevels(sampleType: SampleType, recipe: Recipe): boolean {
  const { range } = recipe;
  if (sampleType !== "uint8" || !isPlain(recipe)) return false;
  if (range.kind === "fixed") return range.low === 0 && range.high === 255;
  return range.kind === "default" || range.kind === "full";
}

/** The same picture in uint8; its bytes untouched where they are their own levels. */
export function toLevels(engine: Engine, samples: Samples, range: AppliedRange, { curve }: Recipe): Samples {
  const { sampleType } = samples;
  if (curve !== undefined && curve.kind !== "linear") return scaleByCurve(engine, samples, range, curve);
  if (sampleType === "uint8" && range.low === 0 && range.high === 255) return samples;
  const count = countOf(samples);
  const address = engine.memory.take(count);
  const code = sampleCode(sampleType);
  accept(engine.exports.scale(code, samples.address, count, address, range.low, range.high), "scale");
  return { ...samples, address, sampleType: "uint8" };
}

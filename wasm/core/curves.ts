/**
 * Curves: how levels rise from 0 at the low end of the range to 255 at the high end. With t = (x - low) / (high - low), from
 * 0 to 1, and rounding halves to even:
 *
 *   level(x) = round(255 · f(t))      linear  t        sqrt  √t        log  log(1 + 1000 t) / log 1001        gamma:G  t^(1/G)
 *
 * The logarithm is the one of SAOImage DS9. NaN and infinities are 0. The core knows none of this: it gets the 255 samples
 * at which the level rises, so a curve costs no more than comparing, whatever its formula.
 */
import { sampleCode } from "./abi.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { samplesPerPixel } from "./frame.ts";
import type { SampleType } from "./frame.ts";
import type { AppliedRange } from "./range.ts";
import type { CurveWish } from "./recipe.ts";

const TOP = 255;

/** DS9's exponent: the larger, the more of the range's lower end is seen. */
const LOG_EXPONENT = 1000;

interface Curve {
  /** From 0 … 1 to 0 … 1, rising. */
  readonly rise: (t: number) => number;
  /** Its inverse; only where to look first. */
  readonly back: (level: number) => number;
}

function curveOf(wish: CurveWish): Curve {
  switch (wish.kind) {
    case "linear":
      return { rise: (t) => t, back: (v) => v };
    case "sqrt":
      return { rise: Math.sqrt, back: (v) => v * v };
    case "log": {
      const whole = Math.log1p(LOG_EXPONENT);
      return {
        rise: (t) => Math.log1p(LOG_EXPONENT * t) / whole,
        back: (v) => Math.expm1(v * whole) / LOG_EXPONENT,
      };
    }
    case "gamma":
      return { rise: (t) => t ** (1 / wish.gamma), back: (v) => v ** wish.gamma };
  }
}

/**
 * For each level from 1 to 255 the smallest sample that is drawn with it or a higher one. Exact for integers; for floats
 * where the curve passes from one level to the next, to the precision of float64.
 */
export function curveThresholds(
  wish: CurveWish,
  type: SampleType,
  low: number,
  high: number,
): Float64Array<ArrayBuffer> {
  const curve = curveOf(wish);
  const search = type.startsWith("float") ? firstFloat : firstWhole;
  const thresholds = new Float64Array(TOP);
  let before = low;
  for (let k = 1; k <= TOP; k++) {
    before = Math.min(Math.max(before, search(curve, k, low, high)), high);
    thresholds[k - 1] = before;
  }
  return thresholds;
}

/** Where the inverse says; but the low end itself is level 0, however steeply the curve begins. */
function firstFloat({ back }: Curve, k: number, low: number, high: number): number {
  const sample = low + (high - low) * back((k - 0.5) / TOP);
  return sample > low ? sample : justAbove(low);
}

/** The first whole number that reaches level k, looked for around where the inverse says. */
function firstWhole({ rise, back }: Curve, k: number, low: number, high: number): number {
  const width = high - low;
  const reaches = (x: number): boolean => halfToEven(TOP * rise((x - low) / width)) >= k;
  let sample = Math.floor(low + width * back((k - 0.5) / TOP));
  // Beyond 2⁵³ float64 has no steps of 1.
  const step = Math.max(1, Math.abs(sample) * 2 ** -52, (sample - low) * 2 ** -50);
  while (sample > low && reaches(sample)) sample = Math.max(low, sample - step);
  while (sample < high && !reaches(sample)) sample += step;
  return sample;
}

/** The next float64, or where they are far smaller than any range is wide, one of the next. */
function justAbove(value: number): number {
  const size = Math.abs(value);
  if (size < 2 ** -1000) return value + 2 ** -1040;
  // Half a unit in the last place and a little more: the sum is rounded to the next one.
  return value + size * 2 ** -53 * (1 + 2 ** -30);
}

/** As rint of C and numpy; values are from 0 to 255. */
function halfToEven(value: number): number {
  const whole = Math.floor(value);
  const rest = value - whole;
  return rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole;
}

/**
 * Draws samples as 8-bit levels along a curve.
 *
 * @throws CoreError out-of-memory
 */
export function scaleByCurve(
  { exports, memory }: Engine,
  samples: Samples,
  { low, high }: AppliedRange,
  wish: CurveWish,
): Samples {
  const { address, width, height, sampleType, colourMode } = samples;
  const count = width * height * samplesPerPixel(colourMode);
  const thresholds = curveThresholds(wish, sampleType, low, high);
  const table = memory.take(thresholds.byteLength);
  const workspace = memory.take(exports.stepsWorkspaceBytes());
  const target = memory.take(count);
  memory.view(table, thresholds.byteLength).set(new Uint8Array(thresholds.buffer));
  const code = sampleCode(sampleType);
  accept(exports.scaleBySteps(code, address, count, target, low, high, table, workspace), "scaleBySteps");
  return { ...samples, address: target, sampleType: "uint8" };
}

/** Paints what the range leaves out into a finished 8-bit picture: above it red, below it or no number blue. */
import { Colour, Result, Sample } from "../abi";
import { paintScalar } from "./paint-scalar";
import { paintSimd } from "./paint-simd";

/**
 * `source` are the samples that the picture at `target` was made of, in the same order of pixels. Samples of RGB1, RGB2 or
 * RGB3 belong to a picture of the same mode; mono samples to one of RGB1.
 */
export function paintOutside(
  sampleType: i32,
  colourMode: i32,
  source: usize,
  width: u32,
  height: u32,
  low: f64,
  high: f64,
  target: usize,
): i32 {
  if (!(low < high)) return Result.BAD_RANGE;
  switch (sampleType) {
    case Sample.INT8:
      return paintAs<i8>(colourMode, source, width, height, low, high, target);
    case Sample.UINT8:
      return paintAs<u8>(colourMode, source, width, height, low, high, target);
    case Sample.INT16:
      return paintAs<i16>(colourMode, source, width, height, low, high, target);
    case Sample.UINT16:
      return paintAs<u16>(colourMode, source, width, height, low, high, target);
    case Sample.INT32:
      return paintAs<i32>(colourMode, source, width, height, low, high, target);
    case Sample.UINT32:
      return paintAs<u32>(colourMode, source, width, height, low, high, target);
    case Sample.INT64:
      return paintAs<i64>(colourMode, source, width, height, low, high, target);
    case Sample.UINT64:
      return paintAs<u64>(colourMode, source, width, height, low, high, target);
    case Sample.FLOAT32:
      return paintAs<f32>(colourMode, source, width, height, low, high, target);
    case Sample.FLOAT64:
      return paintAs<f64>(colourMode, source, width, height, low, high, target);
    default:
      return Result.BAD_SAMPLE_TYPE;
  }
}

function paintAs<T>(
  colourMode: i32,
  source: usize,
  width: usize,
  height: usize,
  low: f64,
  high: f64,
  target: usize,
): i32 {
  const pixels = width * height;
  const size = sizeof<T>();
  switch (colourMode) {
    case Colour.MONO:
      paintRun<T>(source, 0, 1, target, 1, 3, pixels, low, high);
      return Result.OK;
    case Colour.RGB1:
      paintRun<T>(source, size, 3, target, 1, 3, pixels, low, high);
      return Result.OK;
    case Colour.RGB2:
      for (let y: usize = 0; y < height; y++) {
        paintRun<T>(
          source + y * 3 * width * size,
          width * size,
          1,
          target + y * 3 * width,
          width,
          1,
          width,
          low,
          high,
        );
      }
      return Result.OK;
    case Colour.RGB3:
      paintRun<T>(source, pixels * size, 1, target, pixels, 1, pixels, low, high);
      return Result.OK;
    default:
      return Result.BAD_COLOUR_MODE;
  }
}

/** Pixels one after the other. */
function paintRun<T>(
  source: usize,
  apart: usize,
  step: usize,
  target: usize,
  targetApart: usize,
  targetStep: usize,
  count: usize,
  low: f64,
  high: f64,
): void {
  if (ASC_FEATURE_SIMD) {
    paintSimd<T>(source, apart, step, count, low, high, target, targetApart, targetStep);
  } else {
    paintScalar<T>(source, apart, step, count, low, high, target, targetApart, targetStep);
  }
}

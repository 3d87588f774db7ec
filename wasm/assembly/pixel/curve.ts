/** Samples of any type to 8-bit levels by a table of thresholds (steps.ts): every curve but the straight one. */
import { Result, Sample } from "../abi";
import { NARROW_TABLE_BYTES, curveNarrow } from "./curve-narrow";
import { CELLS_BYTES, curveWideScalar, curveWideSimd, fillCells } from "./curve-wide";

/** Bytes that scaleBySteps() wants for tables of its own. */
export function stepsWorkspaceBytes(): usize {
  return max(NARROW_TABLE_BYTES, CELLS_BYTES);
}

/**
 * Writes `count` levels at `target`, which must not overlap `source`. `thresholds` are 255 f64 that never fall, all in
 * low … high, which only help to find them fast.
 */
export function scaleBySteps(
  sampleType: i32,
  source: usize,
  count: u32,
  target: usize,
  low: f64,
  high: f64,
  thresholds: usize,
  workspace: usize,
): i32 {
  if (!(low < high) || !isFinite(1.0 / (high - low)) || !isFinite(high - low)) return Result.BAD_RANGE;
  const gain = 1.0 / (high - low);
  switch (sampleType) {
    case Sample.INT8:
      curveNarrow<i8>(source, count, target, thresholds, workspace);
      return Result.OK;
    case Sample.UINT8:
      curveNarrow<u8>(source, count, target, thresholds, workspace);
      return Result.OK;
    case Sample.INT16:
      curveNarrow<i16>(source, count, target, thresholds, workspace);
      return Result.OK;
    case Sample.UINT16:
      curveNarrow<u16>(source, count, target, thresholds, workspace);
      return Result.OK;
    case Sample.INT32:
      return curveWide<i32>(source, count, target, low, gain, thresholds, workspace);
    case Sample.UINT32:
      return curveWide<u32>(source, count, target, low, gain, thresholds, workspace);
    case Sample.INT64:
      return curveWide<i64>(source, count, target, low, gain, thresholds, workspace);
    case Sample.UINT64:
      return curveWide<u64>(source, count, target, low, gain, thresholds, workspace);
    case Sample.FLOAT32:
      return curveWide<f32>(source, count, target, low, gain, thresholds, workspace);
    case Sample.FLOAT64:
      return curveWide<f64>(source, count, target, low, gain, thresholds, workspace);
    default:
      return Result.BAD_SAMPLE_TYPE;
  }
}

function curveWide<T>(
  source: usize,
  count: u32,
  target: usize,
  low: f64,
  gain: f64,
  thresholds: usize,
  cells: usize,
): i32 {
  fillCells(thresholds, low, gain, cells);
  if (ASC_FEATURE_SIMD) curveWideSimd<T>(source, count, target, low, gain, thresholds, cells);
  else curveWideScalar<T>(source, count, target, low, gain, thresholds, cells);
  return Result.OK;
}

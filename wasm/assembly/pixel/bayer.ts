/** A Bayer mosaic of any sample type to three planes (RGB3), bilinear. */
import { Result, Sample } from "../abi";
import { demosaicRowScalar } from "./bayer-scalar";
import { demosaicRowSimd } from "./bayer-simd";

/** BGGR, the last of BayerPattern (ADCore, NDArray.h): RGGB, GBRG, GRBG, BGGR. */
const LAST_PATTERN: i32 = 3;

/**
 * Writes a plane of R, one of G and one of B at `target`, 3 × width × height samples of the same type. A colour that a
 * pixel has not is the mean of its two or four nearest neighbours of that colour, rounded as average.ts says; beyond the
 * edges the mosaic is mirrored with its phase kept, so no rim is darker than the rest.
 *
 * @param pattern what the pixels at 0,0 1,0 0,1 and 1,1 are: bit 1 moves red by a column, bit 0 by a row
 */
export function demosaic(
  sampleType: i32,
  pattern: i32,
  source: usize,
  width: u32,
  height: u32,
  target: usize,
): i32 {
  if (width == 0 || height == 0) return Result.BAD_SIZE;
  if (pattern < 0 || pattern > LAST_PATTERN) return Result.BAD_OPTION;
  switch (sampleType) {
    case Sample.INT8:
      return demosaicAs<i8>(pattern, source, width, height, target);
    case Sample.UINT8:
      return demosaicAs<u8>(pattern, source, width, height, target);
    case Sample.INT16:
      return demosaicAs<i16>(pattern, source, width, height, target);
    case Sample.UINT16:
      return demosaicAs<u16>(pattern, source, width, height, target);
    case Sample.INT32:
      return demosaicAs<i32>(pattern, source, width, height, target);
    case Sample.UINT32:
      return demosaicAs<u32>(pattern, source, width, height, target);
    case Sample.INT64:
      return demosaicAs<i64>(pattern, source, width, height, target);
    case Sample.UINT64:
      return demosaicAs<u64>(pattern, source, width, height, target);
    case Sample.FLOAT32:
      return demosaicAs<f32>(pattern, source, width, height, target);
    case Sample.FLOAT64:
      return demosaicAs<f64>(pattern, source, width, height, target);
    default:
      return Result.BAD_SAMPLE_TYPE;
  }
}

function demosaicAs<T>(pattern: usize, source: usize, width: usize, height: usize, target: usize): i32 {
  const stride = width * sizeof<T>();
  const plane = stride * height;
  const blues = target + 2 * plane;
  for (let y: usize = 0; y < height; y++) {
    const at = y * stride;
    const row = source + at;
    const above = y > 0 ? row - stride : source + min<usize>(1, height - 1) * stride;
    const below = y < height - 1 ? row + stride : height > 1 ? row - stride : row;
    const hasBlue = (y + pattern) & 1;
    // Red lies where column + bit 1 is even, blue, in the rows between, where it is odd.
    const phase = ((pattern >> 1) & 1) ^ hasBlue;
    const own = (hasBlue ? blues : target) + at;
    const green = target + plane + at;
    const other = (hasBlue ? target : blues) + at;
    if (ASC_FEATURE_SIMD && sizeof<T>() <= 2) {
      demosaicRowSimd<T>(above, row, below, width, phase, own, green, other);
    } else {
      demosaicRowScalar<T>(above, row, below, 0, width, width, phase, own, green, other);
    }
  }
  return Result.OK;
}

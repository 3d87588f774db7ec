/** What JPEG decoders answer, four bytes a pixel, back to samples: grey takes R, colour takes R G B (RGB1). */
import { Result } from "../abi";

/** `pixels` times R G B A at source to `channels` (1 or 3) bytes each at target, which do not overlap. */
export function rgbaToSamples(source: usize, pixels: usize, channels: u32, target: usize): i32 {
  if (channels != 1 && channels != 3) return Result.BAD_OPTION;
  if (ASC_FEATURE_SIMD) {
    // The last vectors of colour are written four bytes too long, so a turn stays for the truth.
    const turns = channels == 1 ? pixels & ~15 : (max<usize>(pixels, 2) - 2) & ~3;
    if (channels == 1) greySimd(source, turns, target);
    else colourSimd(source, turns, target);
    rgbaToSamplesScalar(source + 4 * turns, pixels - turns, channels, target + turns * channels);
  } else rgbaToSamplesScalar(source, pixels, channels, target);
  return Result.OK;
}

/** The truth. */
function rgbaToSamplesScalar(source: usize, pixels: usize, channels: u32, target: usize): void {
  for (; pixels > 0; pixels--, source += 4, target += channels) {
    store<u8>(target, load<u8>(source));
    if (channels == 1) continue;
    store<u8>(target, load<u8>(source, 1), 1);
    store<u8>(target, load<u8>(source, 2), 2);
  }
}

/** Sixteen pixels a turn: the low bytes of the lanes, narrowed twice. */
function greySimd(source: usize, pixels: usize, target: usize): void {
  const low = i32x4.splat(255);
  const end = target + pixels;
  for (; target < end; target += 16, source += 64) {
    const first = i16x8.narrow_i32x4_u(
      v128.and(v128.load(source), low),
      v128.and(v128.load(source, 16), low),
    );
    const second = i16x8.narrow_i32x4_u(
      v128.and(v128.load(source, 32), low),
      v128.and(v128.load(source, 48), low),
    );
    v128.store(target, i8x16.narrow_i16x8_u(first, second));
  }
}

/** Four pixels a turn: twelve bytes moved together, four more written that the next turn overwrites. */
function colourSimd(source: usize, pixels: usize, target: usize): void {
  const order = i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  const end = target + 3 * pixels;
  for (; target < end; target += 12, source += 16)
    v128.store(target, i8x16.swizzle(v128.load(source), order));
}

/** RGB → YCbCr one pixel at a time: the truth that ycc-simd.ts is held to. */
import { Y_R, Y_G, Y_B, CB_R, CB_G, HALF, CR_G, CR_B, Y_OFFSET, C_OFFSET } from "./ycc-weights";

/** `step` is the distance of two samples of a colour. */
export function rowScalar(
  r: usize,
  g: usize,
  b: usize,
  step: usize,
  width: usize,
  y: usize,
  cb: usize,
  cr: usize,
): void {
  for (let x: usize = 0; x < width; x++) {
    const red = <i32>load<u8>(r + x * step);
    const green = <i32>load<u8>(g + x * step);
    const blue = <i32>load<u8>(b + x * step);
    store<u8>(y + x, <u8>((Y_R * red + Y_G * green + Y_B * blue + Y_OFFSET) >> 16));
    store<u8>(cb + x, <u8>((HALF * blue - CB_R * red - CB_G * green + C_OFFSET) >> 16));
    store<u8>(cr + x, <u8>((HALF * red - CR_G * green - CR_B * blue + C_OFFSET) >> 16));
  }
}

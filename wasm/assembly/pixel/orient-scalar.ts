/** Turning, the truth: pixel by pixel. Pixels are of 1, 2, 3 or 6 bytes; strides may be negative. */

/** Writes the first `count` pixels at `source` in the other order. */
export function reverseRowScalar(bytes: usize, source: usize, count: usize, target: usize): void {
  for (let from = source + count * bytes; from > source; target += bytes) {
    from -= bytes;
    copyPixel(bytes, from, target);
  }
}

/** Column x of the source becomes row x of the target. */
export function transposeScalar(
  bytes: usize,
  source: usize,
  sourceStride: usize,
  width: usize,
  height: usize,
  target: usize,
  targetStride: usize,
): void {
  for (let y: usize = 0; y < height; y++, source += sourceStride, target += bytes) {
    let at = target;
    const end = source + width * bytes;
    for (let from = source; from < end; from += bytes, at += targetStride) copyPixel(bytes, from, at);
  }
}

function copyPixel(bytes: usize, from: usize, to: usize): void {
  if (bytes == 1) store<u8>(to, load<u8>(from));
  else if (bytes == 2) store<u16>(to, load<u16>(from));
  else if (bytes == 3) {
    store<u16>(to, load<u16>(from));
    store<u8>(to, load<u8>(from, 2), 2);
  } else {
    store<u32>(to, load<u32>(from));
    store<u16>(to, load<u16>(from, 4), 4);
  }
}

/** The truth: byte by byte. */

/** Elements from `first` to `count`. */
export function byteUnshuffleScalar(
  bytes: usize,
  source: usize,
  count: usize,
  first: usize,
  target: usize,
): void {
  for (let byte: usize = 0; byte < bytes; byte++, source += count) {
    let to = target + first * bytes + byte;
    for (let element = first; element < count; element++, to += bytes)
      store<u8>(to, load<u8>(source + element));
  }
}

/**
 * The samples of two ranks among 8- or 16-bit integers: a counter for every value there is. Four histograms take turns, as
 * neighbours are often equal and a counter that was just stored cannot be loaded again at once.
 */
import { MEASUREMENT } from "../memory";

const HISTOGRAMS: usize = 4;
/** One histogram of 16-bit samples. */
export const WORDS_HISTOGRAM_BYTES: usize = 65536 * 4;
/** What rankNarrow wants. */
export const HISTOGRAM_BYTES: usize = HISTOGRAMS * WORDS_HISTOGRAM_BYTES;

/** Leaves the sample of rank `first` and that of rank `second` (≥ first) at MEASUREMENT, as T. */
export function rankNarrow<T>(source: usize, count: u32, first: i64, second: i64, tables: usize): void {
  const bytes: usize = 4 * (sizeof<T>() == 1 ? 256 : 65536);
  memory.fill(tables, 0, HISTOGRAMS * bytes);
  const end = source + usize(count) * sizeof<T>();
  const fours = source + (usize(count) & ~3) * sizeof<T>();
  for (; source < fours; source += 4 * sizeof<T>()) {
    addOne(tables + binOf<T>(source));
    addOne(tables + bytes + binOf<T>(source + sizeof<T>()));
    addOne(tables + 2 * bytes + binOf<T>(source + 2 * sizeof<T>()));
    addOne(tables + 3 * bytes + binOf<T>(source + 3 * sizeof<T>()));
  }
  for (; source < end; source += sizeof<T>()) addOne(tables + binOf<T>(source));
  let below: i64 = 0;
  let bin: usize = 0;
  for (; ; bin += 4) {
    const at = tables + bin;
    const here =
      i64(load<u32>(at)) + load<u32>(at + bytes) + load<u32>(at + 2 * bytes) + load<u32>(at + 3 * bytes);
    if (below <= first && first < below + here) store<T>(MEASUREMENT, sampleOf<T>(bin));
    below += here;
    if (second < below) break;
  }
  store<T>(MEASUREMENT, sampleOf<T>(bin), 8);
}

function addOne(counter: usize): void {
  store<u32>(counter, load<u32>(counter) + 1);
}

/** Byte offset of the counter of the sample at `source`: values in order, so signed ones have their top bit flipped. */
export function binOf<T>(source: usize): usize {
  if (sizeof<T>() == 1) return (usize(load<u8>(source)) ^ (isSigned<T>() ? 0x80 : 0)) << 2;
  return (usize(load<u16>(source)) ^ (isSigned<T>() ? 0x8000 : 0)) << 2;
}

/** Back from a counter's offset to the sample that it counts. */
export function sampleOf<T>(bin: usize): T {
  return <T>((bin >> 2) ^ (isSigned<T>() ? (sizeof<T>() == 1 ? 0x80 : 0x8000) : 0));
}

/** 8- and 16-bit samples through a curve: a level for every value there is, looked up. Both builds: SIMD has no lookup. */
import { THRESHOLDS } from "./steps";

/** Bytes of the table for 16-bit samples. */
export const NARROW_TABLE_BYTES: usize = 65536;

/** Writes `count` levels at `target`; the table is made at `table` first, in as many runs as there are levels. */
export function curveNarrow<T>(
  source: usize,
  count: u32,
  target: usize,
  thresholds: usize,
  table: usize,
): void {
  fillTable<T>(thresholds, table);
  const end = target + count;
  const fours = target + (count & ~3);
  for (; target < fours; target += 4, source += 4 * sizeof<T>()) {
    const first = level<T>(source, 0, table) | (level<T>(source, 1, table) << 8);
    store<u32>(target, first | (level<T>(source, 2, table) << 16) | (level<T>(source, 3, table) << 24));
  }
  for (; target < end; target++, source += sizeof<T>()) store<u8>(target, level<T>(source, 0, table));
}

function level<T>(source: usize, index: usize, table: usize): u32 {
  const at = source + index * sizeof<T>();
  return load<u8>(table + (sizeof<T>() == 1 ? <usize>load<u8>(at) : <usize>load<u16>(at)));
}

/** The table goes by the samples' bits, so negative ones come after the others. */
function fillTable<T>(thresholds: usize, table: usize): void {
  const values = sizeof<T>() == 1 ? 256 : 65536;
  const least = isSigned<T>() ? -(values >> 1) : 0;
  let begin = 0;
  for (let k = 0; k <= THRESHOLDS; k++) {
    const reached =
      k < THRESHOLDS ? ceil(load<f64>(thresholds + ((<usize>k) << 3))) - f64(least) : f64(values);
    const end = i32(min(max(reached, f64(begin)), f64(values)));
    for (; begin < end;) {
      // A run ends where the bits wrap around to 0: between -1 and 0.
      const value = begin + least;
      const stop = value < 0 ? min(end, -least) : end;
      memory.fill(table + <usize>(value & (values - 1)), <u8>k, <usize>(stop - begin));
      begin = stop;
    }
  }
}

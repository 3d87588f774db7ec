/**
 * The blocks of HDF5's LZ4 filter (and ADCore's codec lz4hdf5), after the 12 bytes that tell sizes.
 *
 *   │ stored bytes, u32 BE │ LZ4, or the plain block if as long as it │ …     all blocks but the last of blockBytes
 */
import { Result } from "../abi";
import { copyExact } from "./copy";
import { fault } from "./fault";
import { lz4Block } from "./lz4";

/** Decodes into exactly `targetBytes` at `target`. */
export function lz4hdf5(
  source: usize,
  sourceBytes: usize,
  target: usize,
  targetBytes: usize,
  blockBytes: usize,
): i32 {
  if (blockBytes == 0) return fault(Result.BAD_HEADER, source, 0, 1);
  const end = source + sourceBytes;
  let left = targetBytes;
  while (left > 0) {
    const block = min(left, blockBytes);
    if (end - source < 4) return fault(Result.TRUNCATED, source, end - source, 4);
    const stored = usize(bswap<u32>(load<u32>(source)));
    source += 4;
    if (stored > end - source) return fault(Result.TRUNCATED, source, end - source, stored);
    if (stored == block) copyExact(target, source, block);
    else {
      const result = lz4Block(source, source + stored, target, target + block);
      if (result != Result.OK) return result;
    }
    source += stored;
    target += block;
    left -= block;
  }
  return Result.OK;
}

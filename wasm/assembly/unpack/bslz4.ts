/**
 * bitshuffle + LZ4 as bitshuffle_core.c writes it (bshuf_compress_lz4), without the 12 bytes that HDF5 puts before it.
 *
 *   │ bytes, u32 BE │ LZ4 of a shuffled block │ … │ the last elements, not a multiple of 8, as they are │
 *
 * All blocks are of `blockCount` elements but the last, which has what is left, rounded down to a multiple of 8.
 */
import { Result } from "../abi";
import { bitUnshuffle } from "./bit-unshuffle";
import { copyExact } from "./copy";
import { fault } from "./fault";
import { lz4Block } from "./lz4";

/**
 * Decodes into `count` elements of `bytes` each at `target`.
 *
 * @param blockCount elements of a block, a multiple of 8
 * @param workspace room for one block
 */
export function bslz4(
  source: usize,
  sourceBytes: usize,
  target: usize,
  count: usize,
  bytes: usize,
  blockCount: usize,
  workspace: usize,
): i32 {
  if (blockCount == 0 || (blockCount & 7) != 0) return fault(Result.BAD_HEADER, source, blockCount, 8);
  const end = source + sourceBytes;
  let left = count;
  while (left >= 8) {
    const block = min(left, blockCount) & ~7;
    if (end - source < 4) return fault(Result.TRUNCATED, source, end - source, 4);
    const packed = usize(bswap<u32>(load<u32>(source)));
    source += 4;
    if (packed > end - source) return fault(Result.TRUNCATED, source, end - source, packed);
    const unpacked = block * bytes;
    const result = lz4Block(source, source + packed, workspace, workspace + unpacked);
    if (result != Result.OK) return result;
    bitUnshuffle(bytes, workspace, block, target);
    source += packed;
    target += unpacked;
    left -= block;
  }
  const rest = left * bytes;
  if (rest > end - source) return fault(Result.TRUNCATED, source, end - source, rest);
  copyExact(target, source, rest);
  return Result.OK;
}

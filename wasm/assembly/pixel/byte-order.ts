/** Big-endian samples made little-endian, in place. Only asked for when a server sends them. */
import { Result } from "../abi";

/** Turns each of `count` groups of `bytes` (2, 4 or 8) around. */
export function swapBytes(bytes: u32, address: usize, count: u32): i32 {
  if (bytes != 2 && bytes != 4 && bytes != 8) return Result.BAD_OPTION;
  const end = address + usize(count) * bytes;
  if (ASC_FEATURE_SIMD) swapSimd(bytes, address, end);
  else swapScalar(bytes, address, end);
  return Result.OK;
}

/** The truth. */
function swapScalar(bytes: u32, address: usize, end: usize): void {
  if (bytes == 2) {
    for (; address < end; address += 2) store<u16>(address, bswap<u16>(load<u16>(address)));
  } else if (bytes == 4) {
    for (; address < end; address += 4) store<u32>(address, bswap<u32>(load<u32>(address)));
  } else {
    for (; address < end; address += 8) store<u64>(address, bswap<u64>(load<u64>(address)));
  }
}

/** Its twin: the bytes of a vector picked in the other order. */
function swapSimd(bytes: u32, address: usize, end: usize): void {
  const order =
    bytes == 2
      ? i8x16(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
      : bytes == 4
        ? i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
        : i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
  const vectors = address + ((end - address) & ~15);
  for (; address < vectors; address += 16) {
    v128.store(address, i8x16.swizzle(v128.load(address), order));
  }
  swapScalar(bytes, address, end);
}

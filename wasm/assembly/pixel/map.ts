/** Grey levels to colours by a table of 256, R G B interleaved (RGB1): what JPEG and canvas read fastest. Both builds. */
import { Result } from "../abi";

/**
 * Writes 3 × `count` bytes at `target`. The palette is 256 words of R, G, B and a byte that nobody reads, made by the host
 * (wasm/core/maps.ts). Whole words are stored, each one's last byte then overwritten by the next pixel.
 */
export function applyMap(source: usize, count: u32, palette: usize, target: usize): i32 {
  if (count == 0) return Result.OK;
  const last = source + count - 1;
  const fours = source + ((count - 1) & ~3);
  for (; source < fours; source += 4, target += 12) {
    store<u32>(target, colourOf(source, palette));
    store<u32>(target, colourOf(source + 1, palette), 3);
    store<u32>(target, colourOf(source + 2, palette), 6);
    store<u32>(target, colourOf(source + 3, palette), 9);
  }
  for (; source < last; source++, target += 3) store<u32>(target, colourOf(source, palette));
  const colour = colourOf(last, palette);
  store<u16>(target, colour);
  store<u8>(target, colour >> 16, 2);
  return Result.OK;
}

function colourOf(source: usize, palette: usize): u32 {
  return load<u32>(palette + ((<usize>load<u8>(source)) << 2));
}

/** Black becomes white and white black, in place: the map grey-inverted, which needs no colours. */
export function invertLevels(address: usize, count: u32): i32 {
  const end = address + count;
  if (ASC_FEATURE_SIMD) {
    const vectors = address + (count & ~15);
    for (; address < vectors; address += 16) v128.store(address, v128.not(v128.load(address)));
  }
  for (; address < end; address++) store<u8>(address, ~load<u8>(address));
  return Result.OK;
}

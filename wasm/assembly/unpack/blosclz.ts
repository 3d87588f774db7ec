/**
 * One blosclz stream (blosclz.c of c-blosc; FastLZ's second level with longer distances) into exactly known bytes.
 *
 *   │ 000 n     │ n + 1 literals │                                       the first byte is always one of these
 *   │ len dist  │ [255 … n if len = 7] │ dist low │                       length len + 2, distance dist · 256 + low + 1
 *   │ len 11111 │ [255 … n if len = 7] │ 255 │ distance - 8192, u16 BE │  the far form
 */
import { Result } from "../abi";
import { SLACK, copyExact, copyWild, repeatExact, repeatWild } from "./copy";
import { fault } from "./fault";

/** What the near form reaches; far distances count on from it (MAX_DISTANCE in blosclz.c, biased as there). */
const FAR: usize = 8192;

export function blosclz(source: usize, sourceBytes: usize, target: usize, targetBytes: usize): i32 {
  const start = target;
  const sourceEnd = source + sourceBytes;
  const targetEnd = target + targetBytes;
  // The three high bits of the first byte tell the version, and are no length.
  let mask: usize = 31;
  while (source < sourceEnd) {
    const at = source;
    const control = usize(load<u8>(source++)) & mask;
    mask = 255;
    const room = targetEnd - target;
    if (control < 32) {
      const literals = control + 1;
      const left = sourceEnd - source;
      if (literals > left) return fault(Result.TRUNCATED, source, left, literals);
      if (literals > room) return fault(Result.TOO_LONG, at, target - start + literals, targetBytes);
      if (literals + SLACK <= left && literals + SLACK <= room) copyWild(target, source, literals);
      else copyExact(target, source, literals);
      source += literals;
      target += literals;
      continue;
    }
    let match = (control >> 5) + 2;
    if (match == 9) {
      let more: usize = 255;
      while (more == 255) {
        if (source >= sourceEnd) return fault(Result.TRUNCATED, source, 0, 1);
        more = usize(load<u8>(source++));
        match += more;
        if (match > targetBytes) break;
      }
    }
    if (source >= sourceEnd) return fault(Result.TRUNCATED, source, 0, 1);
    const low = usize(load<u8>(source++));
    let distance = ((control & 31) << 8) + low + 1;
    if (distance == FAR) {
      if (sourceEnd - source < 2) return fault(Result.TRUNCATED, source, sourceEnd - source, 2);
      distance = FAR + usize(bswap<u16>(load<u16>(source)));
      source += 2;
    }
    const have = target - start;
    if (distance > have) return fault(Result.BAD_DISTANCE, at, distance, have);
    if (match > room) return fault(Result.TOO_LONG, at, have + match, targetBytes);
    if (match + SLACK <= room) repeatWild(target, distance, match);
    else repeatExact(target, distance, match);
    target += match;
  }
  if (target != targetEnd) return fault(Result.TOO_SHORT, sourceEnd, target - start, targetBytes);
  return Result.OK;
}

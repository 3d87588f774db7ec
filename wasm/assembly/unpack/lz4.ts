/**
 * One LZ4 block (lz4_Block_format.md of the LZ4 project), decoded into a target of exactly known size.
 *
 *   │ token │ [255 … n] │ literals │ distance, u16 LE │ [255 … n] │   literals = token >> 4, match = (token & 15) + 4;
 *                                                                    15 in either: add the bytes that follow up to the
 *   the last sequence ends after its literals                        first below 255
 */
import { Result } from "../abi";
import { SLACK, copyExact, copyWild, repeatExact, repeatWild } from "./copy";
import { fault } from "./fault";

/** Of a sequence without length bytes: a token, 14 literals (copied as 16), a distance. */
const SHORT_SOURCE: usize = 1 + 16 + 2;

/** Such a sequence writes 14 + 18 bytes at most, and what a wild copy writes too much. */
const SHORT_TARGET: usize = 14 + 18 + SLACK;

/** Decodes `sourceBytes` at `source` into exactly `targetBytes` at `target`. */
export function lz4(source: usize, sourceBytes: usize, target: usize, targetBytes: usize): i32 {
  return lz4Block(source, source + sourceBytes, target, target + targetBytes);
}

/** The same by ends; both lie in one region each, which nothing is read or written outside of. */
export function lz4Block(source: usize, sourceEnd: usize, target: usize, targetEnd: usize): i32 {
  const start = target;
  // No length may pass it, so that none can wrap around.
  const size = targetEnd - target;
  // Before these, a short sequence needs no check but that of its distance. Saturated: below any address if too small.
  const easySource = sourceEnd > SHORT_SOURCE ? sourceEnd - SHORT_SOURCE : 0;
  const easyTarget = targetEnd > SHORT_TARGET ? targetEnd - SHORT_TARGET : 0;
  while (source < sourceEnd) {
    const at = source;
    const token = usize(load<u8>(source++));
    let literals = token >> 4;
    let match = token & 15;
    if (literals < 15 && at < easySource && target < easyTarget) {
      if (ASC_FEATURE_SIMD) v128.store(target, v128.load(source));
      else copyWild(target, source, 16);
      source += literals;
      target += literals;
      if (match < 15) {
        const distance = usize(load<u16>(source));
        const have = target - start;
        if (distance - 1 >= have) return fault(Result.BAD_DISTANCE, source, distance, have);
        source += 2;
        if (distance >= 16) {
          if (ASC_FEATURE_SIMD) {
            v128.store(target, v128.load(target - distance));
            v128.store(target, v128.load(target - distance, 2), 2);
          } else repeatWild(target, distance, 18);
        } else repeatWild(target, distance, match + 4);
        target += match + 4;
        continue;
      }
    } else {
      if (literals == 15) {
        let more: usize = 255;
        while (more == 255) {
          if (source >= sourceEnd) return fault(Result.TRUNCATED, source, 0, 1);
          more = usize(load<u8>(source++));
          literals += more;
          if (literals > size) break;
        }
      }
      const room = targetEnd - target;
      if (literals > room) return fault(Result.TOO_LONG, at, target - start + literals, size);
      const left = sourceEnd - source;
      if (literals > left) return fault(Result.TRUNCATED, source, left, literals);
      if (literals > 0) {
        if (literals + SLACK <= left && literals + SLACK <= room) copyWild(target, source, literals);
        else copyExact(target, source, literals);
      }
      source += literals;
      target += literals;
      if (source == sourceEnd) break;
    }
    if (sourceEnd - source < 2) return fault(Result.TRUNCATED, source, sourceEnd - source, 2);
    const distance = usize(load<u16>(source));
    const have = target - start;
    if (distance - 1 >= have) return fault(Result.BAD_DISTANCE, source, distance, have);
    source += 2;
    if (match == 15) {
      let more: usize = 255;
      while (more == 255) {
        if (source >= sourceEnd) return fault(Result.TRUNCATED, source, 0, 1);
        more = usize(load<u8>(source++));
        match += more;
        if (match > size) break;
      }
    }
    match += 4;
    const room = targetEnd - target;
    if (match > room) return fault(Result.TOO_LONG, at, have + match, size);
    if (match + SLACK <= room) repeatWild(target, distance, match);
    else repeatExact(target, distance, match);
    target += match;
  }
  if (target != targetEnd) return fault(Result.TOO_SHORT, sourceEnd, target - start, size);
  return Result.OK;
}

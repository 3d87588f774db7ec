/**
 * One raw Snappy stream (format_description.txt of google/snappy) into exactly known bytes.
 *
 *   │ length, varint │ then elements by the two low bits of their first byte:
 *   00 literals: upper six bits + 1, or from 60 on in 1 to 4 bytes that follow
 *   01 copy of 4 to 11, distance of 11 bits · 10 copy of 1 to 64, distance u16 LE · 11 the same, distance u32 LE
 */
import { Result } from "../abi";
import { SLACK, copyExact, copyWild, repeatExact, repeatWild } from "./copy";
import { fault } from "./fault";

export function snappy(source: usize, sourceBytes: usize, target: usize, targetBytes: usize): i32 {
  const start = target;
  const first = source;
  const sourceEnd = source + sourceBytes;
  const targetEnd = target + targetBytes;
  let announced: u64 = 0;
  for (let shift: u64 = 0; ; shift += 7) {
    if (source >= sourceEnd) return fault(Result.TRUNCATED, source, 0, 1);
    const byte = load<u8>(source++);
    announced |= u64(byte & 127) << shift;
    if (byte < 128) break;
    if (shift == 28) return fault(Result.BAD_HEADER, source, 6, 5);
  }
  if (announced > u64(targetBytes))
    return fault(Result.TOO_LONG, first, usize(min<u64>(announced, u32.MAX_VALUE)), targetBytes);
  if (announced < u64(targetBytes)) return fault(Result.TOO_SHORT, first, usize(announced), targetBytes);
  while (source < sourceEnd) {
    const at = source;
    const tag = usize(load<u8>(source++));
    const kind = tag & 3;
    const left = sourceEnd - source;
    const room = targetEnd - target;
    let length = (tag >> 2) + 1;
    if (kind == 0) {
      if (length > 60) {
        const bytes = length - 60;
        if (bytes > left) return fault(Result.TRUNCATED, source, left, bytes);
        length = littleEndian(source, bytes);
        // Compared before 1 is added, so that it cannot wrap around.
        if (length >= room) return fault(Result.TOO_LONG, at, saturated(target - start, length), targetBytes);
        length++;
        source += bytes;
      }
      const rest = sourceEnd - source;
      if (length > rest) return fault(Result.TRUNCATED, source, rest, length);
      if (length > room) return fault(Result.TOO_LONG, at, target - start + length, targetBytes);
      if (length + SLACK <= rest && length + SLACK <= room) copyWild(target, source, length);
      else copyExact(target, source, length);
      source += length;
      target += length;
      continue;
    }
    const bytes: usize = kind == 3 ? 4 : kind;
    if (bytes > left) return fault(Result.TRUNCATED, source, left, bytes);
    let distance = littleEndian(source, bytes);
    if (kind == 1) {
      distance |= (tag >> 5) << 8;
      length = ((tag >> 2) & 7) + 4;
    }
    source += bytes;
    const have = target - start;
    if (distance - 1 >= have) return fault(Result.BAD_DISTANCE, at, distance, have);
    if (length > room) return fault(Result.TOO_LONG, at, have + length, targetBytes);
    if (length + SLACK <= room) repeatWild(target, distance, length);
    else repeatExact(target, distance, length);
    target += length;
  }
  if (target != targetEnd) return fault(Result.TOO_SHORT, sourceEnd, target - start, targetBytes);
  return Result.OK;
}

/** What `written` and length + 1 more bytes are, as far as 32 bits can say. */
function saturated(written: usize, length: usize): usize {
  return usize(min<u64>(u64(written) + u64(length) + 1, u32.MAX_VALUE));
}

/** A number of 1 to 4 bytes. */
function littleEndian(source: usize, bytes: usize): usize {
  let number: usize = 0;
  for (let at: usize = 0; at < bytes; at++) number |= usize(load<u8>(source + at)) << (at << 3);
  return number;
}

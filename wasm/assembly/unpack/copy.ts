/**
 * How LZ decoders copy. What they copy is short, so what counts is the cost of a start: copies run in whole vectors past
 * their end wherever the caller has checked that there is room (a slack), and only the last bytes of a target are copied
 * byte by byte.
 *
 *   target  ┊ written │ 16 │ 16 │ 16 ┊  the last vector reaches up to 15 bytes past the end, and is overwritten next
 */
import { repeatScalar } from "./copy-scalar";
import { repeatSimd } from "./copy-simd";

/** Room that {@link copyWild} and {@link repeatWild} want past the end of what they copy. */
export const SLACK: usize = 16;

/** memory.copy costs some 30 ns to start in JavaScriptCore: worth it from here on. */
const LONG: usize = 4096;

/** Copies at least 1 byte from another region; reads and writes up to SLACK bytes more. */
export function copyWild(target: usize, source: usize, bytes: usize): void {
  if (bytes >= LONG) {
    memory.copy(target, source, bytes);
    return;
  }
  const end = target + bytes;
  do {
    if (ASC_FEATURE_SIMD) v128.store(target, v128.load(source));
    else {
      store<u64>(target, load<u64>(source));
      store<u64>(target, load<u64>(source, 8), 8);
    }
    target += 16;
    source += 16;
  } while (target < end);
}

/** Writes at least 1 byte, each equal to the one `distance` before it; writes up to SLACK bytes more. */
export function repeatWild(target: usize, distance: usize, bytes: usize): void {
  if (ASC_FEATURE_SIMD) repeatSimd(target, distance, bytes);
  else repeatScalar(target, distance, bytes);
}

/** As copyWild, and not a byte more. */
export function copyExact(target: usize, source: usize, bytes: usize): void {
  if (bytes > SLACK) {
    // All but the last bytes may be copied wildly: what is written too much is written again.
    const most = bytes - SLACK;
    copyWild(target, source, most);
    target += most;
    source += most;
    bytes = SLACK;
  }
  for (; bytes >= 8; bytes -= 8, target += 8, source += 8) store<u64>(target, load<u64>(source));
  for (; bytes > 0; bytes--, target++, source++) store<u8>(target, load<u8>(source));
}

/** As repeatWild, and not a byte more. */
export function repeatExact(target: usize, distance: usize, bytes: usize): void {
  if (bytes > SLACK) {
    const most = bytes - SLACK;
    repeatWild(target, distance, most);
    target += most;
    bytes = SLACK;
  }
  // Eight bytes a step see what the step before them wrote, if the distance is eight at least.
  if (distance >= 8) {
    for (; bytes >= 8; bytes -= 8, target += 8) store<u64>(target, load<u64>(target - distance));
  }
  for (; bytes > 0; bytes--, target++) store<u8>(target, load<u8>(target - distance));
}

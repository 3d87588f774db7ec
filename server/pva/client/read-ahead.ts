import type { Framer } from "../wire/framer.ts";
import type { MonitorStream } from "./monitor-stream.ts";

/** At most so much is read ahead at a time, well under a millisecond's worth: other connections wait meanwhile. */
const BUDGET_BYTES = 1024 * 1024;

/**
 * In the midst of an array, takes what else of it has arrived straight to its place, past the chunks that Bun makes.
 * Never reads beyond the segment or the array: everything else comes as chunks.
 *
 * @param read fills a view, never empty, with the next bytes of the stream; how many there were
 * @returns bytes taken
 */
export function readAhead(
  framer: Framer,
  monitors: MonitorStream,
  read: (view: Uint8Array) => number,
): number {
  let taken = 0;
  while (taken < BUDGET_BYTES) {
    const vacancy = monitors.vacancy;
    const room = Math.min(BUDGET_BYTES - taken, framer.awaited, vacancy?.length ?? 0);
    const count = vacancy === undefined || room === 0 ? 0 : read(vacancy.subarray(0, room));
    if (count === 0) break;
    monitors.filled(count);
    framer.bypassed(count);
    taken += count;
  }
  return taken;
}

import type { PictureNotes } from "./picture.ts";
import { type LossName, strongest } from "./statistics.ts";
import type { ViewerMailbox } from "./viewer-mailbox.ts";

/** The viewers of a rendition, all of them or those whom something concerns now. Times are those of `Clock.now()`. */
export type Audience<Picture extends PictureNotes> = Iterable<ViewerMailbox<Picture>>;

/** What is asked of viewers whatever their pictures are. */
type Anybody = Iterable<
  Pick<ViewerMailbox<PictureNotes>, "interval" | "wants" | "missed" | "failed" | "placeholderDue">
>;

/** Milliseconds between pictures for who may have most; Infinity where there is nobody. */
export function shortestInterval(audience: Anybody): number {
  let shortest = Infinity;
  for (const { interval } of audience) shortest = Math.min(shortest, interval);
  return shortest;
}

/** When the first of them may have frame `sequence`; Infinity when none waits for it. */
export function earliest(audience: Anybody, sequence: number): number {
  let first = Infinity;
  for (const mailbox of audience) first = Math.min(first, mailbox.wants(sequence) ?? Infinity);
  return first;
}

/**
 * So many viewers are given a picture, of so many bytes all together, before the event loop turns. Writing one to a socket
 * takes 10 to 25 µs, and a millisecond for each few megabytes, which all else waits for.
 */
export const AT_ONCE = 64;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** Gives a picture of `bytes` to those who may have it now, as many as AT_ONCE says; returns who took it. */
export function handOver<Picture extends PictureNotes>(
  audience: Audience<Picture>,
  picture: Picture,
  bytes: number,
  chosenAt: number,
  now: number,
): ViewerMailbox<Picture>[] {
  const taken: ViewerMailbox<Picture>[] = [];
  const most = Math.min(AT_ONCE, Math.max(1, Math.floor(BYTES_AT_ONCE / bytes)));
  for (const mailbox of audience) {
    if (taken.length === most) break;
    const from = mailbox.wants(picture.sequence);
    if (from !== undefined && from <= now && mailbox.deliver(picture, chosenAt)) taken.push(mailbox);
  }
  return taken;
}

/** Frame `sequence` has no picture. */
export function tellFailed(audience: Anybody, sequence: number, error: unknown): void {
  for (const mailbox of audience) mailbox.failed(sequence, error);
}

/** Frame `sequence` is gone: counts it for those who did not have it. Returns the strongest name it was counted under. */
export function countMissed(
  audience: Anybody,
  sequence: number,
  now: number,
  encodeDue: number,
): LossName | undefined {
  const losses = new Set<LossName | undefined>();
  for (const mailbox of audience) losses.add(mailbox.missed(sequence, now, encodeDue));
  return strongest(losses);
}

/** When the first of them may be shown a placeholder; Infinity when none waits for one. */
export function placeholderDue(audience: Anybody): number {
  let first = Infinity;
  for (const { placeholderDue: due = Infinity } of audience) first = Math.min(first, due);
  return first;
}

/** Shows a placeholder to all who are due for one. */
export function showPlaceholder<Picture extends PictureNotes>(
  audience: Audience<Picture>,
  picture: Picture,
  now: number,
): void {
  for (const mailbox of audience) {
    const { placeholderDue: due = Infinity } = mailbox;
    if (due <= now) mailbox.showPlaceholder(picture);
  }
}

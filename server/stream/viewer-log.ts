import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { lossesInWords } from "./statistics.ts";
import type { ViewerReport } from "./status.ts";

/** Writes a line of debug about a viewer that is gone: who it was, for how long, what it had, and why it ended. */
export function logLeaving(pv: string, viewer: ViewerReport, why: string, log: Log, clock: Clock): void {
  const { id, kind = "unknown", address = "unknown", openedAt, pictures, bytesOut: bytes, drops } = viewer;
  log.debug(
    "{pv}: viewer {id} ({kind}, {address}) left after {seconds} s with {pictures} pictures, {bytes} bytes; lost {lost}. {why}",
    {
      pv,
      id,
      kind,
      address,
      seconds: Math.round((clock.wallTime() - openedAt) / 100) / 10,
      pictures,
      bytes,
      lost: lossesInWords(drops) || "nothing",
      why,
    },
  );
}

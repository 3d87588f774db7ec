import type { StructureValue } from "../pva/index.ts";

/** POSIX time of the EPICS epoch, 1990-01-01, in milliseconds: what ADCore makes of a time stamp nobody set. */
const EPICS_EPOCH_MS = 631_152_000_000;
/** The largest time a JavaScript Date can hold, milliseconds either side of 1970. */
const MAX_DATE_MS = 8.64e15;

/**
 * A `time_t` structure as POSIX milliseconds, with the fraction.
 * @returns undefined where the field is missing, was never set (0, or the EPICS epoch) or means no date at all
 */
export function timeOf(value: StructureValue, field: "timeStamp" | "dataTimeStamp"): number | undefined {
  const seconds = integerOf(value.field(`${field}.secondsPastEpoch`));
  const nanoseconds = integerOf(value.field(`${field}.nanoseconds`)) ?? 0;
  if (seconds === undefined) return undefined;
  const milliseconds = seconds * 1000 + nanoseconds / 1e6;
  if (milliseconds === 0 || milliseconds === EPICS_EPOCH_MS || Math.abs(milliseconds) > MAX_DATE_MS)
    return undefined;
  return milliseconds;
}

/** `uniqueId`; undefined where the structure has none (QSRV groups). */
export function uniqueIdOf(value: StructureValue): number | undefined {
  return integerOf(value.field("uniqueId"));
}

/** Counts the frames that were lost on the way, from gaps in uniqueId. */
export class MissedFrames {
  #last: number | undefined;

  /** Forgets the last id: what happened while disconnected nobody knows. */
  restart(): void {
    this.#last = undefined;
  }

  /**
   * Notes an update's id.
   * @returns how many ids were left out since the last one; 0 for the first, for a repeat (p4p sends 0 always), and
   *   when the camera counts from the start again. The id is an int32 and may wrap.
   */
  before(uniqueId: number | undefined): number {
    const last = this.#last;
    this.#last = uniqueId;
    if (last === undefined || uniqueId === undefined) return 0;
    return Math.max(0, ((uniqueId - last) | 0) - 1);
  }
}

/** An integer field of any width, sent as number or bigint; undefined for everything else. */
export function integerOf(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

import { StructureValue, type Value } from "../data/value.ts";

/** The largest time a JavaScript Date can hold, milliseconds either side of 1970. */
const MAX_DATE_MS = 8.64e15;

/** Whether this is a `time_t` by its members, whatever its id. */
export function isTime(value: Value | undefined): value is StructureValue {
  if (!(value instanceof StructureValue)) return false;
  const { indexOf } = value.type;
  return indexOf.has("secondsPastEpoch") && indexOf.has("nanoseconds");
}

/** POSIX milliseconds of a `time_t` structure; undefined where nobody set it, or it is no date. */
export function timeOf(value: Value | undefined): number | undefined {
  if (!isTime(value)) return undefined;
  const seconds = Number(value.field("secondsPastEpoch"));
  const milliseconds = seconds * 1000 + Number(value.field("nanoseconds")) / 1e6;
  return seconds !== 0 && Math.abs(milliseconds) <= MAX_DATE_MS ? milliseconds : undefined;
}

/** POSIX milliseconds in local time, to the millisecond: `2026-01-31 23:59:59.123`. */
export function timeText(milliseconds: number): string {
  const date = new Date(Math.floor(milliseconds));
  return `${date.toLocaleString("sv-SE")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

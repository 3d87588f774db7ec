import { scalar, structure, type StructureDescription } from "../data/type-description.ts";

/** time_t: POSIX seconds, nanoseconds, a user tag (EPICS 7 Normative Types, "time_t"). */
export const TIME_TYPE: StructureDescription = structure("time_t", [
  { name: "secondsPastEpoch", type: scalar("long") },
  { name: "nanoseconds", type: scalar("int") },
  { name: "userTag", type: scalar("int") },
]);

/** alarm_t (Normative Types, "alarm_t"). */
export const ALARM_TYPE: StructureDescription = structure("alarm_t", [
  { name: "severity", type: scalar("int") },
  { name: "status", type: scalar("int") },
  { name: "message", type: scalar("string") },
]);

/** time_t for a POSIX time in milliseconds, to be given to buildValue. */
export function timeFields(posixMs: number): {
  secondsPastEpoch: bigint;
  nanoseconds: number;
  userTag: number;
} {
  const seconds = Math.floor(posixMs / 1000);
  return {
    secondsPastEpoch: BigInt(seconds),
    nanoseconds: Math.round((posixMs - seconds * 1000) * 1e6),
    userTag: 0,
  };
}

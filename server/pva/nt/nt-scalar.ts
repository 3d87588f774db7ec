import type { ScalarType } from "../data/scalar-types.ts";
import { scalar, scalarArray, structure, type StructureDescription } from "../data/type-description.ts";
import { ALARM_TYPE, TIME_TYPE } from "./time-and-alarm.ts";

/** NTScalar: value, alarm, timeStamp. */
export function ntScalar(type: ScalarType): StructureDescription {
  return withValue("epics:nt/NTScalar:1.0", scalar(type));
}

/** NTScalarArray: value, alarm, timeStamp. */
export function ntScalarArray(type: ScalarType): StructureDescription {
  return withValue("epics:nt/NTScalarArray:1.0", scalarArray(type));
}

function withValue(
  id: string,
  type: ReturnType<typeof scalar> | ReturnType<typeof scalarArray>,
): StructureDescription {
  return structure(id, [
    { name: "value", type },
    { name: "alarm", type: ALARM_TYPE },
    { name: "timeStamp", type: TIME_TYPE },
  ]);
}

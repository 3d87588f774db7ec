import type { TypeDescription } from "../data/type-description.ts";
import { AnyValue, StructureValue, UnionValue, type Value } from "../data/value.ts";
import { printable, quoted } from "./printable.ts";
import { isTime, timeOf, timeText } from "./time-text.ts";

/** How much of a value is shown before the rest is only counted. */
export interface ValueTextLimits {
  /** Elements of an array. Default 8. */
  readonly elements?: number;
  /** Characters of a string. Default: all. */
  readonly characters?: number;
}

/** Any value on one line: arrays shortened and counted, times as dates, enumerations as `(index) choice`. */
export function valueText(value: Value, limits: ValueTextLimits = {}): string {
  return textOf(value, undefined, limits);
}

/** One line for each leaf of a structure: dotted name, blank, value. */
export function valueLines(value: StructureValue, limits: ValueTextLimits = {}): readonly string[] {
  return value.type.members.flatMap(({ name, type }, index) => {
    const member = value.members[index]!;
    if (member instanceof StructureValue && member.members.length > 0 && !isTime(member))
      return valueLines(member, limits).map((line) => `${printable(name)}.${line}`);
    return [`${printable(name)} ${textOf(member, type, limits)}`];
  });
}

/**
 * What people look for in a normative type, on one line, as `pvget` prints it: time, the field value, units, alarm. A
 * structure without `value` is shown whole.
 */
export function shortText(value: StructureValue, limits: ValueTextLimits = {}): string {
  const main = value.field("value");
  const time = timeOf(value.field("timeStamp"));
  const units = value.field("display.units");
  const alarm = alarmText(value);
  const mainType = value.type.members[value.type.indexOf.get("value") ?? -1]?.type;
  return [
    time === undefined ? "" : `${timeText(time)} `,
    main === undefined ? valueLines(value, limits).join(", ") : textOf(main, mainType, limits),
    typeof units === "string" ? printable(units) : "",
    alarm === "" ? "" : ` ${alarm}`,
  ]
    .filter((word) => word !== "")
    .join(" ");
}

/** `MINOR message` and its like; "" where there is no alarm. */
export function alarmText(value: StructureValue): string {
  const severity = value.field("alarm.severity");
  if (typeof severity !== "number" || severity === 0) return "";
  const word = ["", "MINOR", "MAJOR", "INVALID"][severity] ?? "UNDEFINED";
  const message = value.field("alarm.message");
  return `${word} ${typeof message === "string" ? printable(message) : ""}`.trimEnd();
}

function textOf(value: Value, type: TypeDescription | undefined, limits: ValueTextLimits): string {
  if (typeof value === "string") return stringText(value, limits);
  if (typeof value === "number") return numberText(value, type?.kind === "scalar" && type.scalar === "float");
  if (typeof value !== "object") return String(value);
  if (value instanceof UnionValue)
    return value.value === undefined
      ? "(nothing)"
      : `${printable(value.selected ?? "")} ${textOf(value.value, value.type.members[value.selector]?.type, limits)}`;
  if (value instanceof AnyValue)
    return value.value === undefined ? "(nothing)" : textOf(value.value, value.type ?? undefined, limits);
  if (value instanceof StructureValue) return structureText(value, limits);
  if (!(Symbol.iterator in value)) return `(${value.count} elements)`;
  return arrayText(value, limits);
}

function arrayText(array: Extract<Value, { readonly length: number }>, limits: ValueTextLimits): string {
  const { elements = 8 } = limits;
  const single = array instanceof Float32Array;
  const shown = [...(array as readonly (Value | null)[]).slice(0, elements)].map((each) => {
    if (each === null) return "null";
    return typeof each === "number" ? numberText(each, single) : textOf(each, undefined, limits);
  });
  const more = array.length > elements ? `${elements > 0 ? ", " : ""}… ${array.length} elements` : "";
  return `[${shown.join(", ")}${more}]`;
}

function structureText(value: StructureValue, limits: ValueTextLimits): string {
  const choices = value.field("choices");
  const index = value.field("index");
  if (typeof index === "number" && Array.isArray(choices)) {
    const choice: unknown = choices[index];
    return `(${index}) ${typeof choice === "string" ? printable(choice) : "(no such choice)"}`;
  }
  if (!isTime(value)) return `{${valueLines(value, limits).join(", ")}}`;
  const time = timeOf(value);
  return time === undefined ? "(no time)" : timeText(time);
}

function stringText(text: string, { characters = Infinity }: ValueTextLimits): string {
  return text.length <= characters
    ? quoted(text)
    : `${quoted(text.slice(0, characters))}… ${text.length} characters`;
}

/** Floats of 32 bits in as few digits as tell them apart: 0.1, not 0.10000000149011612. */
function numberText(value: number, single: boolean): string {
  if (single && Number.isFinite(value))
    for (let digits = 6; digits < 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return String(short);
    }
  return String(value);
}

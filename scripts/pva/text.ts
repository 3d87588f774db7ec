import {
  AnyValue,
  StructureValue,
  type TypeDescription,
  UnionValue,
  type Value,
} from "../../server/pva/index.ts";

/** Elements of an array shown before the rest is only counted. */
const SHOWN_ELEMENTS = 8;

/** One line for each leaf of a structure: dotted name and value, those without a value left out. */
export function linesOf(value: StructureValue, prefix = ""): readonly string[] {
  return value.type.members.flatMap(({ name }, index) => {
    const member = value.members[index]!;
    const path = prefix + name;
    if (member instanceof StructureValue && !isTime(member)) return linesOf(member, `${path}.`);
    return [`${path} ${textOf(member)}`];
  });
}

/** The value that people look for, on one line: an enumeration's choice, a number with its units, an array shortened. */
export function shortText(value: StructureValue): string {
  const main = value.field("value");
  const time = value.field("timeStamp");
  const when = time instanceof StructureValue && isTime(time) ? `${textOf(time)}  ` : "";
  const units = value.field("display.units");
  const unitText = typeof units === "string" && units !== "" ? ` ${units}` : "";
  return `${when}${main === undefined ? linesOf(value).join(", ") : textOf(main)}${unitText}${alarmText(value)}`;
}

/** Any value as people read it; arrays of more than eight elements are shortened and counted. */
export function textOf(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof UnionValue)
    return value.value === undefined ? "(nothing)" : `${value.selected} ${textOf(value.value)}`;
  if (value instanceof AnyValue) return value.value === undefined ? "(nothing)" : textOf(value.value);
  if (value instanceof StructureValue) return structureText(value);
  if (!(Symbol.iterator in value)) return `(${value.count} elements)`;
  const elements = [...value.slice(0, SHOWN_ELEMENTS)].map((each) => (each === null ? "null" : textOf(each)));
  const more = value.length > SHOWN_ELEMENTS ? `, … ${value.length} elements` : "";
  return `[${elements.join(", ")}${more}]`;
}

/** A type as an indented tree, one line a member. */
export function typeLines(type: TypeDescription, name = "", indent = ""): readonly string[] {
  const head = `${indent}${typeName(type)}${name === "" ? "" : ` ${name}`}`;
  const inner = "element" in type ? type.element : type;
  if (!("members" in inner)) return [head];
  return [head, ...inner.members.flatMap((member) => typeLines(member.type, member.name, `${indent}    `))];
}

function typeName(type: TypeDescription): string {
  switch (type.kind) {
    case "scalar":
      return type.scalar;
    case "scalar-array":
      return `${type.scalar}[]`;
    case "structure":
    case "union":
      return type.id === "" ? type.kind : `${type.kind} ${type.id}`;
    case "structure-array":
    case "union-array":
      return `${typeName(type.element)}[]`;
    case "any":
      return "any";
    case "any-array":
      return "any[]";
  }
}

function structureText(value: StructureValue): string {
  const choices = value.field("choices");
  const index = value.field("index");
  if (typeof index === "number" && Array.isArray(choices)) return `(${index}) ${String(choices[index])}`;
  if (isTime(value)) return timeText(value);
  return `{${linesOf(value).join(", ")}}`;
}

function isTime({ type }: StructureValue): boolean {
  return type.id === "time_t" && type.indexOf.has("secondsPastEpoch") && type.indexOf.has("nanoseconds");
}

/** Local time, to the millisecond. */
function timeText(value: StructureValue): string {
  const seconds = Number(value.field("secondsPastEpoch"));
  const date = new Date(1000 * seconds + Number(value.field("nanoseconds")) / 1e6);
  if (seconds === 0 || Number.isNaN(date.getTime())) return "(no time)";
  const milliseconds = String(date.getMilliseconds()).padStart(3, "0");
  return `${date.toLocaleString("sv-SE")}.${milliseconds}`;
}

function alarmText(value: StructureValue): string {
  const severity = value.field("alarm.severity");
  if (typeof severity !== "number" || severity === 0) return "";
  const word = ["", "MINOR", "MAJOR", "INVALID"][severity] ?? "UNDEFINED";
  const message = value.field("alarm.message");
  return `  ${word} ${typeof message === "string" ? message : ""}`.trimEnd();
}

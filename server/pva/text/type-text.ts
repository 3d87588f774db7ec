import type { ArraySize, TypeDescription } from "../data/type-description.ts";
import { printable } from "./printable.ts";

const INDENT = "    ";

/**
 * A type as an indented tree, one line a member, the way `pvinfo` prints it: type id, or kind where it has none, then the
 * member's name.
 *
 *     epics:nt/NTScalar:1.0
 *         double value
 *         alarm_t alarm
 *             int severity
 */
export function typeLines(type: TypeDescription, name = ""): readonly string[] {
  const head = name === "" ? typeName(type) : `${typeName(type)} ${printable(name)}`;
  const inner = "element" in type ? type.element : type;
  if (!("members" in inner)) return [head];
  const below = inner.members.flatMap((member) => typeLines(member.type, member.name));
  return [head, ...below.map((line) => INDENT + line)];
}

/** A type on one line: `double`, `int[]`, `time_t`, `union`, `dimension_t[]`; `int[4]` is fixed, `int<4>` bounded. */
export function typeName(type: TypeDescription): string {
  switch (type.kind) {
    case "scalar":
      return type.maxBytes === undefined ? type.scalar : `${type.scalar}(${type.maxBytes})`;
    case "scalar-array":
      return type.scalar + sizeText(type.size);
    case "structure":
    case "union":
      return type.id === "" ? type.kind : printable(type.id);
    case "structure-array":
    case "union-array":
      return typeName(type.element) + sizeText(type.size);
    case "any":
      return "any";
    case "any-array":
      return `any${sizeText(type.size)}`;
  }
}

function sizeText(size: ArraySize): string {
  if (size.kind === "variable") return "[]";
  return size.kind === "fixed" ? `[${size.count}]` : `<${size.count}>`;
}

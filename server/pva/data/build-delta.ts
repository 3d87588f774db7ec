import { PvaError } from "../errors.ts";
import { BitSet } from "../wire/bit-set.ts";
import { buildValue, type Plain } from "./build-value.ts";
import type { StructureDescription } from "./type-description.ts";
import { defaultStructure, StructureValue, type Value } from "./value.ts";

/**
 * Builds a change of a structure from ordinary JavaScript, as `buildValue` does, and marks the fields given: of a member
 * structure only those inside it that are given. For local, trusted data; throws `bad-value` where the shape does not fit.
 */
export function buildDelta(
  type: StructureDescription,
  fields: Readonly<Record<string, Plain>>,
): { readonly value: StructureValue; readonly changed: BitSet } {
  const bits: number[] = [];
  const value = changedStructure(type, fields, { bit: 0, bits });
  return { value, changed: BitSet.of(...bits) };
}

function changedStructure(
  type: StructureDescription,
  fields: Readonly<Record<string, Plain>>,
  marks: { readonly bit: number; readonly bits: number[] },
): StructureValue {
  const members: Value[] = [...defaultStructure(type).members];
  for (const [name, plain] of Object.entries(fields)) {
    const index = type.indexOf.get(name);
    if (index === undefined) throw new PvaError("bad-value", `no member ${name}`);
    const memberType = type.members[index]!.type;
    const bit = marks.bit + type.memberBits[index]!;
    if (memberType.kind === "structure" && isPlainObject(plain)) {
      members[index] = changedStructure(memberType, plain, { bit, bits: marks.bits });
    } else {
      members[index] = buildValue(memberType, plain);
      marks.bits.push(bit);
    }
  }
  return new StructureValue(type, members);
}

function isPlainObject(plain: Plain): plain is Readonly<Record<string, Plain>> {
  return typeof plain === "object" && plain !== null && Object.getPrototypeOf(plain) === Object.prototype;
}

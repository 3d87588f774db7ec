import { bitOfField } from "../data/delta.ts";
import type { StructureDescription, TypeDescription } from "../data/type-description.ts";
import { PvaError } from "../errors.ts";
import { BitSet } from "../wire/bit-set.ts";

/*
 * A structure's bit stands for all bits below it, so two sets can be compared only when both name leaves. Inside the
 * server all sets hold leaves; only a first update goes out as bit 0, "everything".
 */

/** The leaf bits of these fields (dotted names, "" for all). Throws `bad-value` for a name the type does not have. */
export function leavesOf(type: StructureDescription, fields: readonly string[]): BitSet {
  const leaves = new BitSet();
  for (const field of fields) {
    const bit = bitOfField(type, field);
    if (bit === undefined) throw new PvaError("bad-value", `no field ${field}`);
    addLeaves(leaves, typeOfField(type, field)!, bit);
  }
  return leaves;
}

/** The leaf bits that these bits stand for: a structure's bit for all below it. Bits past the type's end are left out. */
export function leavesOfBits(type: StructureDescription, bits: BitSet): BitSet {
  const leaves = new BitSet();
  addMarkedLeaves(leaves, type, 0, bits);
  return leaves;
}

/** The leaf bits of those of the fields that the type has; undefined where it has none of them. No fields: all. */
export function selectionOf(type: StructureDescription, fields: readonly string[]): BitSet | undefined {
  if (fields.length === 0) return leavesOf(type, [""]);
  const known = fields.filter((field) => bitOfField(type, field) !== undefined);
  return known.length === 0 ? undefined : leavesOf(type, known);
}

/** The type of the field at a dotted path through structures ("" for the whole); undefined where there is none. */
export function typeOfField(type: StructureDescription, path: string): TypeDescription | undefined {
  let found: TypeDescription = type;
  for (const name of path === "" ? [] : path.split(".")) {
    if (found.kind !== "structure") return undefined;
    const member: TypeDescription | undefined = found.members[found.indexOf.get(name) ?? -1]?.type;
    if (member === undefined) return undefined;
    found = member;
  }
  return found;
}

/** The bits in both sets. */
export function commonBits(one: BitSet, other: BitSet): BitSet {
  const common = new BitSet();
  for (const bit of one) if (other.has(bit)) common.add(bit);
  return common;
}

function addLeaves(leaves: BitSet, type: TypeDescription, bit: number): void {
  if (type.kind !== "structure") {
    leaves.add(bit);
    return;
  }
  // A structure without members is a leaf itself: nothing below could stand for it.
  if (type.members.length === 0) leaves.add(bit);
  type.members.forEach((member, index) => addLeaves(leaves, member.type, bit + type.memberBits[index]!));
}

function addMarkedLeaves(leaves: BitSet, type: TypeDescription, bit: number, marked: BitSet): void {
  if (marked.has(bit)) addLeaves(leaves, type, bit);
  else if (type.kind === "structure")
    type.members.forEach((member, index) =>
      addMarkedLeaves(leaves, member.type, bit + type.memberBits[index]!, marked),
    );
}

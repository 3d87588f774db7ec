import { PvaError } from "../errors.ts";
import type { BitSet } from "../wire/bit-set.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import type { DecodeContext } from "./decode-context.ts";
import { decodeStructure, decodeValue } from "./decode-value.ts";
import { encodeValue } from "./encode-value.ts";
import { bitCountOf, type StructureDescription } from "./type-description.ts";
import { StructureValue, type Value } from "./value.ts";

/**
 * Reads the fields marked in `changed` and returns `base` with them replaced (Protocol-Encoding, "Partial structures").
 * A marked structure is present as a whole and bits below it say nothing more; the old C++ servers send such.
 */
export function decodeDelta(context: DecodeContext, base: StructureValue, changed: BitSet): StructureValue {
  return decodeMarked(context, base, changed, 0);
}

/**
 * Reads the marked fields among members `from` (inclusive) to `to` (exclusive) of the top structure `base`: a message
 * whose middle streams elsewhere is read in two goes. `changed` with bit 0 set marks all members.
 */
export function decodeMemberRange(
  context: DecodeContext,
  base: StructureValue,
  changed: BitSet,
  from: number,
  to: number,
): StructureValue {
  const whole = changed.has(0);
  const members = [...base.members];
  for (let index = from; index < to; index++)
    members[index] = decodeMarkedMember(context, base, index, changed, 0, whole);
  return new StructureValue(base.type, members);
}

/** Writes the marked fields of `value`, in the order their bits are numbered. */
export function encodeDelta(writer: ByteWriter, value: StructureValue, changed: BitSet): void {
  encodeMarked(writer, value, changed, 0);
}

/** The bit of the field at this dotted path through structures; undefined where there is none. "" is the top, bit 0. */
export function bitOfField(type: StructureDescription, path: string): number | undefined {
  if (path === "") return 0;
  const dot = path.indexOf(".");
  const index = type.indexOf.get(dot < 0 ? path : path.slice(0, dot));
  if (index === undefined) return undefined;
  const bit = type.memberBits[index]!;
  if (dot < 0) return bit;
  const member = type.members[index]!.type;
  const inner = member.kind === "structure" ? bitOfField(member, path.slice(dot + 1)) : undefined;
  return inner === undefined ? undefined : bit + inner;
}

/** Whether member `index` of the top structure is marked, wholly or in part. */
export function memberIsMarked(type: StructureDescription, index: number, changed: BitSet): boolean {
  const bit = type.memberBits[index]!;
  return changed.has(0) || changed.hasAny(bit, bit + bitCountOf(type.members[index]!.type));
}

/** Bytes of the longest BitSet that makes sense for this type, with room for the padding peers send. */
export function maxBitSetBytes(type: StructureDescription): number {
  return (type.bitCount >> 3) + 8;
}

function decodeMarked(
  context: DecodeContext,
  base: StructureValue,
  changed: BitSet,
  bit: number,
): StructureValue {
  if (changed.has(bit)) return decodeStructure(context, base.type);
  if (!changed.hasAny(bit, bit + base.type.bitCount)) return base;
  return new StructureValue(
    base.type,
    base.members.map((_, index) => decodeMarkedMember(context, base, index, changed, bit, false)),
  );
}

function decodeMarkedMember(
  context: DecodeContext,
  base: StructureValue,
  index: number,
  changed: BitSet,
  structureBit: number,
  whole: boolean,
): Value {
  const member = base.type.members[index]!;
  const old = base.members[index]!;
  const bit = structureBit + base.type.memberBits[index]!;
  try {
    if (whole || changed.has(bit)) return decodeValue(context, member.type);
    return old instanceof StructureValue ? decodeMarked(context, old, changed, bit) : old;
  } catch (error) {
    throw error instanceof PvaError ? error.within(member.name) : error;
  }
}

function encodeMarked(writer: ByteWriter, value: StructureValue, changed: BitSet, bit: number): void {
  if (changed.has(bit)) {
    encodeValue(writer, value.type, value);
    return;
  }
  value.members.forEach((member, index) => {
    const memberBit = bit + value.type.memberBits[index]!;
    if (member instanceof StructureValue) encodeMarked(writer, member, changed, memberBit);
    else if (changed.has(memberBit)) encodeValue(writer, value.type.members[index]!.type, member);
  });
}

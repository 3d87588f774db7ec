import type { ByteWriter } from "../wire/byte-writer.ts";
import { TypeCode } from "./decode-type.ts";
import { ReferringWriter } from "./referring-writer.ts";
import { SCALAR_CODES } from "./scalar-types.ts";
import type {
  ArraySize,
  StructureDescription,
  TypeDescription,
  UnionDescription,
} from "./type-description.ts";

const FORM = { variable: 0x08, bounded: 0x10, fixed: 0x18 } as const;

/** Writes a FieldDesc inline: what every peer understands, and no state to keep; by ids only into a ReferringWriter. */
export function encodeType(writer: ByteWriter, type: TypeDescription): void {
  if (writer instanceof ReferringWriter && writer.refer(type)) return;
  switch (type.kind) {
    case "scalar":
      if (type.maxBytes === undefined) writer.u8(SCALAR_CODES[type.scalar]);
      else writer.u8(TypeCode.BOUNDED_STRING).size(type.maxBytes);
      return;
    case "scalar-array":
      encodeArrayCode(writer, SCALAR_CODES[type.scalar], type.size);
      return;
    case "any":
      writer.u8(TypeCode.ANY);
      return;
    case "any-array":
      encodeArrayCode(writer, TypeCode.ANY, type.size);
      return;
    case "structure":
      writer.u8(TypeCode.STRUCTURE);
      encodeMembers(writer, type);
      return;
    case "union":
      writer.u8(TypeCode.UNION);
      encodeMembers(writer, type);
      return;
    case "structure-array":
      encodeArrayCode(writer, TypeCode.STRUCTURE, type.size);
      encodeType(writer, type.element);
      return;
    case "union-array":
      encodeArrayCode(writer, TypeCode.UNION, type.size);
      encodeType(writer, type.element);
  }
}

/** Writes a FieldDesc, `null` as 0xFF. */
export function encodeTypeOrNull(writer: ByteWriter, type: TypeDescription | null): void {
  if (type === null) writer.u8(TypeCode.NULL);
  else encodeType(writer, type);
}

function encodeArrayCode(writer: ByteWriter, code: number, size: ArraySize): void {
  writer.u8(code | FORM[size.kind]);
  if (size.kind !== "variable") writer.size(size.count);
}

function encodeMembers(writer: ByteWriter, type: StructureDescription | UnionDescription): void {
  writer.string(type.id).size(type.members.length);
  for (const member of type.members) {
    writer.string(member.name);
    encodeType(writer, member.type);
  }
}

import { PvaError } from "../errors.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { encodeTypeOrNull } from "./encode-type.ts";
import { encodeNumericArray } from "./numeric-array.ts";
import { isNumeric, isNumericArrayOf, type ScalarType } from "./scalar-types.ts";
import type { ArraySize, ScalarArrayDescription, TypeDescription } from "./type-description.ts";
import { AnyValue, ArrayInParts, StructureValue, UnionValue, type Value } from "./value.ts";

/** Writes a complete value of `type`. Throws `bad-value` where the value is not of that type. */
export function encodeValue(writer: ByteWriter, type: TypeDescription, value: Value): void {
  switch (type.kind) {
    case "scalar":
      encodeScalar(writer, type.scalar, value);
      return;
    case "scalar-array":
      encodeScalarArray(writer, type, value);
      return;
    case "structure":
      if (!(value instanceof StructureValue)) throw mismatch(type.kind, value);
      type.members.forEach((member, index) => encodeValue(writer, member.type, value.members[index]!));
      return;
    case "union":
      if (!(value instanceof UnionValue)) throw mismatch(type.kind, value);
      encodeUnion(writer, value);
      return;
    case "any":
      if (!(value instanceof AnyValue)) throw mismatch(type.kind, value);
      encodeAny(writer, value);
      return;
    case "structure-array":
      encodeElements(writer, type.size, value, (element) => encodeValue(writer, type.element, element));
      return;
    case "union-array":
      encodeElements(writer, type.size, value, (element) => encodeValue(writer, type.element, element));
      return;
    case "any-array":
      encodeElements(writer, type.size, value, (element) => encodeValue(writer, { kind: "any" }, element));
  }
}

/** Writes the type, then the value: `any`, pvRequests, authentication data. Throws `bad-value` for a type without a value. */
export function encodeAny(writer: ByteWriter, { type, value }: AnyValue): void {
  encodeTypeOrNull(writer, type);
  if (type === null) return;
  if (value === undefined) throw new PvaError("bad-value", `any of ${type.kind} without a value`);
  encodeValue(writer, type, value);
}

function encodeUnion(writer: ByteWriter, { type, selector, value }: UnionValue): void {
  const member = type.members[selector];
  if (member === undefined || value === undefined) {
    writer.nullSize();
    return;
  }
  writer.size(selector);
  encodeValue(writer, member.type, value);
}

function encodeScalar(writer: ByteWriter, type: ScalarType, value: Value): void {
  if (typeof value === "string" && type === "string") writer.string(value);
  else if (typeof value === "boolean" && type === "boolean") writer.u8(value ? 1 : 0);
  else if (typeof value === "bigint" && type === "long") writer.i64(value);
  else if (typeof value === "bigint" && type === "ulong") writer.u64(value);
  else if (typeof value === "number") encodeNumber(writer, type, value);
  else throw mismatch(type, value);
}

function encodeNumber(writer: ByteWriter, type: ScalarType, value: number): void {
  switch (type) {
    case "byte":
      writer.i8(value);
      return;
    case "short":
      writer.i16(value);
      return;
    case "int":
      writer.i32(value);
      return;
    case "ubyte":
      writer.u8(value);
      return;
    case "ushort":
      writer.u16(value);
      return;
    case "uint":
      writer.u32(value);
      return;
    case "float":
      writer.f32(value);
      return;
    case "double":
      writer.f64(value);
      return;
    default:
      throw mismatch(type, value);
  }
}

function encodeScalarArray(writer: ByteWriter, { scalar, size }: ScalarArrayDescription, value: Value): void {
  if (value instanceof ArrayInParts && value.elementType === scalar && !writer.bigEndian) {
    encodeCount(writer, size, value.count);
    for (const part of value.parts) writer.bytes(part);
    return;
  }
  if (isNumeric(scalar)) {
    if (!isNumericArrayOf(scalar, value)) throw mismatch(`${scalar}[]`, value);
    encodeCount(writer, size, value.length);
    encodeNumericArray(writer, value);
    return;
  }
  if (!Array.isArray(value)) throw mismatch(`${scalar}[]`, value);
  encodeCount(writer, size, value.length);
  for (const element of value as readonly Value[]) encodeScalar(writer, scalar, element);
}

function encodeElements(
  writer: ByteWriter,
  size: ArraySize,
  value: Value,
  encodeElement: (element: Value) => void,
): void {
  if (!Array.isArray(value)) throw mismatch("array", value);
  encodeCount(writer, size, value.length);
  for (const element of value as readonly (Value | null)[]) {
    writer.u8(element === null ? 0 : 1);
    if (element !== null) encodeElement(element);
  }
}

function encodeCount(writer: ByteWriter, size: ArraySize, count: number): void {
  if (size.kind !== "fixed") writer.size(count);
  else if (count !== size.count)
    throw new PvaError("bad-value", "fixed array", { need: size.count, have: count });
}

function mismatch(expected: string, value: Value): PvaError {
  const found = typeof value === "object" ? value.constructor.name : typeof value;
  return new PvaError("bad-value", `${expected} expected, ${found} found`);
}

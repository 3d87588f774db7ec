import { PvaError } from "../errors.ts";
import { MAX_VALUE_DEPTH, SMALL_VALUES_PER_OBJECT } from "../limits.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { DecodeContext } from "./decode-context.ts";
import { decodeTypeOrNull } from "./decode-type.ts";
import { decodeNumericArray } from "./numeric-array.ts";
import { isNumeric, type ScalarType } from "./scalar-types.ts";
import type {
  ArraySize,
  ScalarArrayDescription,
  StructureDescription,
  TypeDescription,
  UnionDescription,
} from "./type-description.ts";
import { AnyValue, type ScalarValue, StructureValue, UnionValue, type Value } from "./value.ts";

/**
 * Reads a complete value of `type` (Protocol-Encoding, "Data"). Throws `short-data`, `bad-value`, `limit` and whatever a
 * type inside an `any` can throw; the error's `path` names the member.
 */
export function decodeValue(context: DecodeContext, type: TypeDescription, depth = 1): Value {
  if (depth > MAX_VALUE_DEPTH)
    throw context.reader.fault("limit", "value nested too deep", { need: depth, have: MAX_VALUE_DEPTH });
  switch (type.kind) {
    case "scalar":
      context.spendObjects(isBoxed(type.scalar) ? 1 : 1 / SMALL_VALUES_PER_OBJECT);
      return decodeScalar(context.reader, type.scalar);
    case "scalar-array":
      return decodeScalarArray(context, type);
    case "structure":
      return decodeStructure(context, type, depth);
    case "union":
      return decodeUnion(context, type, depth);
    case "any":
      return decodeAny(context, depth);
    case "structure-array":
      return decodeElements(context, type.size, () => decodeStructure(context, type.element, depth + 1));
    case "union-array":
      return decodeElements(context, type.size, () => decodeUnion(context, type.element, depth + 1));
    case "any-array":
      return decodeElements(context, type.size, () => decodeAny(context, depth + 1));
  }
}

/** Reads a complete structure. */
export function decodeStructure(
  context: DecodeContext,
  type: StructureDescription,
  depth = 1,
): StructureValue {
  context.spendObjects(1); // a structure without members takes no bytes
  return new StructureValue(
    type,
    type.members.map((member) => decodeMember(context, member.name, member.type, depth)),
  );
}

/** Reads the type-and-value pair of authentication data, pvRequests and `any` values. */
export function decodeAny(context: DecodeContext, depth = 1): AnyValue {
  context.spendObjects(1); // a null type takes one byte
  const type = decodeTypeOrNull(context);
  return type === null ? new AnyValue() : new AnyValue(type, decodeValue(context, type, depth + 1));
}

/** Whether one such scalar is a JavaScript object of its own, and not a number or a constant in its structure. */
function isBoxed(type: ScalarType): boolean {
  return type === "string" || type === "long" || type === "ulong";
}

/** Reads one scalar. */
export function decodeScalar(reader: ByteReader, type: ScalarType): ScalarValue {
  switch (type) {
    case "boolean":
      return reader.u8() !== 0;
    case "byte":
      return reader.i8();
    case "short":
      return reader.i16();
    case "int":
      return reader.i32();
    case "long":
      return reader.i64();
    case "ubyte":
      return reader.u8();
    case "ushort":
      return reader.u16();
    case "uint":
      return reader.u32();
    case "ulong":
      return reader.u64();
    case "float":
      return reader.f32();
    case "double":
      return reader.f64();
    case "string":
      return reader.string();
  }
}

/** Reads how many elements an array has: from the wire, or for fixed arrays from the type. */
export function decodeCount(reader: ByteReader, size: ArraySize): number {
  return size.kind === "fixed" ? size.count : reader.size();
}

/** Reads a union's selector; null where nothing is selected. Throws `bad-value` where there is no such member. */
export function decodeSelector(reader: ByteReader, type: UnionDescription): number | null {
  const selector = reader.sizeOrNull();
  if (selector !== null && selector >= type.members.length)
    throw reader.fault("bad-value", "union selector out of range", {
      need: selector + 1,
      have: type.members.length,
    });
  return selector;
}

function decodeUnion(context: DecodeContext, type: UnionDescription, depth: number): UnionValue {
  context.spendObjects(1);
  const selector = decodeSelector(context.reader, type);
  if (selector === null) return new UnionValue(type);
  const member = type.members[selector]!;
  return new UnionValue(type, selector, decodeMember(context, member.name, member.type, depth));
}

function decodeMember(context: DecodeContext, name: string, type: TypeDescription, depth: number): Value {
  try {
    return decodeValue(context, type, depth + 1);
  } catch (error) {
    throw error instanceof PvaError ? error.within(name) : error;
  }
}

function decodeScalarArray(context: DecodeContext, { scalar, size }: ScalarArrayDescription): Value {
  const { reader } = context;
  context.spendObjects(1);
  const count = decodeCount(reader, size);
  if (isNumeric(scalar)) return decodeNumericArray(reader, scalar, count);
  reader.expect(count, 1);
  if (scalar === "boolean") {
    context.spendObjects(count / SMALL_VALUES_PER_OBJECT);
    return Array.from(reader.take(count), (byte) => byte !== 0);
  }
  context.spendObjects(count);
  const strings: string[] = [];
  for (let index = 0; index < count; index++) strings.push(reader.string());
  return strings;
}

/** Elements of structure[], union[] and any[]: a presence byte each, 0 for null, anything else for a value. */
function decodeElements<Element>(
  context: DecodeContext,
  size: ArraySize,
  decodeElement: () => Element,
): readonly (Element | null)[] {
  const count = decodeCount(context.reader, size);
  context.reader.expect(count, 1);
  context.spendObjects(1 + count);
  const elements: (Element | null)[] = [];
  for (let index = 0; index < count; index++)
    elements.push(context.reader.u8() === 0 ? null : decodeElement());
  return elements;
}

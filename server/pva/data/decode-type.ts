import { PvaError } from "../errors.ts";
import { MAX_MEMBERS, MAX_NAME_BYTES, MAX_TYPE_DEPTH, MAX_TYPE_NODES } from "../limits.ts";
import type { DecodeContext } from "./decode-context.ts";
import { scalarTypeOfCode } from "./scalar-types.ts";
import {
  anyArray,
  anyType,
  type ArraySize,
  heightOf,
  type Member,
  nodesOf,
  scalar,
  scalarArray,
  structure,
  structureArray,
  type TypeDescription,
  union,
  unionArray,
  VARIABLE,
} from "./type-description.ts";

/** Codes of a FieldDesc (Protocol-Encoding, "FieldDesc"). */
export const TypeCode = {
  NULL: 0xff,
  /** u16 id: the type defined earlier under it. */
  CACHED: 0xfe,
  /** u16 id, then the type it shall stand for. */
  DEFINE: 0xfd,
  STRUCTURE: 0x80,
  UNION: 0x81,
  ANY: 0x82,
  /** Size follows. The spec's table says 0x86; its text and all code say 0x83. */
  BOUNDED_STRING: 0x83,
} as const;

const ARRAY_FORM = 0x18;
const BOUNDED_FORM = 0x10;
const FIXED_FORM = 0x18;

/** Reads a FieldDesc where null (0xFF) is allowed: `any` values, authentication data. */
export function decodeTypeOrNull(context: DecodeContext, depth = 1): TypeDescription | null {
  const code = context.reader.u8();
  return code === TypeCode.NULL ? null : decodeTypeOfCode(context, code, depth);
}

/** Reads a FieldDesc. Throws `bad-type`, `unknown-type-id`, `short-data`, and `limit` above the bounds of limits.ts. */
export function decodeType(context: DecodeContext, depth = 1): TypeDescription {
  const type = decodeTypeOrNull(context, depth);
  if (type === null)
    throw context.reader.fault("bad-type", "null type", { offset: context.reader.offset - 1 });
  return type;
}

function decodeTypeOfCode(context: DecodeContext, code: number, depth: number): TypeDescription {
  const { reader, registry } = context;
  if (depth > MAX_TYPE_DEPTH)
    throw reader.fault("limit", "type nested too deep", { need: depth, have: MAX_TYPE_DEPTH });
  if (code === TypeCode.CACHED) return decodeCached(context, depth);
  if (code === TypeCode.DEFINE) {
    const id = reader.u16();
    const inner = reader.u8();
    if (inner === TypeCode.NULL || inner === TypeCode.DEFINE)
      throw reader.fault("bad-type", "definition of no type", { offset: reader.offset - 1 });
    // Defined only once read: a type that refers to itself finds nothing.
    const type = decodeTypeOfCode(context, inner, depth);
    registry.define(id, type);
    return type;
  }
  if (code === TypeCode.BOUNDED_STRING) return { kind: "scalar", scalar: "string", maxBytes: reader.size() };
  const form = code & ARRAY_FORM;
  const element = code & ~ARRAY_FORM;
  return form === 0
    ? decodePlain(context, code, depth)
    : decodeArray(context, element, decodeArraySize(context, form), depth);
}

function decodePlain(context: DecodeContext, code: number, depth: number): TypeDescription {
  const scalarType = scalarTypeOfCode(code);
  if (scalarType !== undefined) return scalar(scalarType);
  if (code === TypeCode.ANY) return anyType();
  if (code === TypeCode.STRUCTURE) return structure(...decodeCompound(context, depth));
  if (code === TypeCode.UNION) return union(...decodeCompound(context, depth));
  throw reserved(context, code);
}

function decodeArray(context: DecodeContext, code: number, size: ArraySize, depth: number): TypeDescription {
  const scalarType = scalarTypeOfCode(code);
  if (scalarType !== undefined) return scalarArray(scalarType, size);
  if (code === TypeCode.ANY) return anyArray(size);
  if (code !== TypeCode.STRUCTURE && code !== TypeCode.UNION) throw reserved(context, code);
  const element = decodeType(context, depth + 1);
  if (code === TypeCode.STRUCTURE && element.kind === "structure") return structureArray(element, size);
  if (code === TypeCode.UNION && element.kind === "union") return unionArray(element, size);
  throw context.reader.fault("bad-type", `element of a compound array is ${element.kind}`);
}

function decodeArraySize({ reader }: DecodeContext, form: number): ArraySize {
  if (form === FIXED_FORM) return { kind: "fixed", count: reader.size() };
  if (form === BOUNDED_FORM) return { kind: "bounded", count: reader.size() };
  return VARIABLE;
}

function decodeCompound(context: DecodeContext, depth: number): [id: string, members: Member[]] {
  const { reader } = context;
  const id = reader.string(MAX_NAME_BYTES);
  const count = reader.size();
  if (count > MAX_MEMBERS)
    throw reader.fault("limit", "too many members", { need: count, have: MAX_MEMBERS });
  context.spendObjects(count);
  const members: Member[] = [];
  let nodes = 1;
  for (let index = 0; index < count; index++) {
    const name = reader.string(MAX_NAME_BYTES);
    const type = decodeMemberType(context, name, depth + 1);
    nodes += nodesOf(type);
    if (nodes > MAX_TYPE_NODES)
      throw reader.fault("limit", "type too large", { need: nodes, have: MAX_TYPE_NODES });
    members.push({ name, type });
  }
  return [id, members];
}

function decodeMemberType(context: DecodeContext, name: string, depth: number): TypeDescription {
  try {
    return decodeType(context, depth);
  } catch (error) {
    throw error instanceof PvaError ? error.within(name) : error;
  }
}

function decodeCached({ reader, registry }: DecodeContext, depth: number): TypeDescription {
  const id = reader.u16();
  const type = registry.lookup(id);
  if (type === undefined)
    throw reader.fault("unknown-type-id", `type id ${id} was never defined`, { offset: reader.offset - 2 });
  const deepest = depth + heightOf(type) - 1;
  if (deepest > MAX_TYPE_DEPTH)
    throw reader.fault("limit", "type nested too deep", { need: deepest, have: MAX_TYPE_DEPTH });
  return type;
}

function reserved({ reader }: DecodeContext, code: number): PvaError {
  return reader.fault("bad-type", `reserved type code 0x${code.toString(16)}`, { offset: reader.offset - 1 });
}

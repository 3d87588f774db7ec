import {
  bytesPerNumber,
  emptyNumericArray,
  isNumeric,
  type NumericArray,
  type NumericType,
} from "./scalar-types.ts";
import type { StructureDescription, TypeDescription, UnionDescription } from "./type-description.ts";

/** boolean, number, bigint (long, ulong) or string. */
export type ScalarValue = boolean | number | bigint | string;

/** A decoded value; which of these it is follows from its type. All are immutable by contract. */
export type Value =
  | ScalarValue
  | NumericArray
  | readonly boolean[]
  | readonly string[]
  | StructureValue
  | UnionValue
  | AnyValue
  | readonly (StructureValue | null)[]
  | readonly (UnionValue | null)[]
  | readonly (AnyValue | null)[]
  | ArrayElsewhere
  | ArrayInParts;

/** A structure with all its members. Immutable: a change makes a new one that shares the unchanged parts. */
export class StructureValue {
  readonly type: StructureDescription;
  /** One value per member of the type, in its order. */
  readonly members: readonly Value[];

  constructor(type: StructureDescription, members: readonly Value[]) {
    this.type = type;
    this.members = members;
  }

  /**
   * The value at a dotted path through structures, e.g. `field("timeStamp.secondsPastEpoch")`; undefined where the type
   * has no such field. Unions and any are not entered: they are values of their own.
   */
  field(path: string): Value | undefined {
    const dot = path.indexOf(".");
    const index = this.type.indexOf.get(dot < 0 ? path : path.slice(0, dot));
    if (index === undefined) return undefined;
    const member = this.members[index];
    if (dot < 0) return member;
    return member instanceof StructureValue ? member.field(path.slice(dot + 1)) : undefined;
  }

  /** The same structure with member `index` replaced. */
  withMember(index: number, value: Value): StructureValue {
    return new StructureValue(this.type, this.members.with(index, value));
  }
}

/** A union: the selected member's value, or nothing. */
export class UnionValue {
  readonly type: UnionDescription;
  /** Index of the selected member; -1 where none is selected. */
  readonly selector: number;
  readonly value: Value | undefined;

  constructor(type: UnionDescription, selector = -1, value?: Value) {
    this.type = type;
    this.selector = selector;
    this.value = value;
  }

  /** Name of the selected member, or undefined. */
  get selected(): string | undefined {
    return this.type.members[this.selector]?.name;
  }
}

/** A variant union: a value with its type, or nothing. */
export class AnyValue {
  readonly type: TypeDescription | null;
  readonly value: Value | undefined;

  constructor(type: TypeDescription | null = null, value?: Value) {
    this.type = type;
    this.value = value;
  }
}

/** Stands in a structure for an array whose bytes went to a BulkSink (or were dropped by it) instead of into the value. */
export class ArrayElsewhere {
  readonly count: number;

  constructor(count: number) {
    this.count = count;
  }
}

/**
 * Stands in a structure to be sent for an array whose bytes lie in several pieces, so that they need not be joined. Only
 * encoders take it; values received never hold one. The bytes belong to the sender and never change again.
 */
export class ArrayInParts {
  readonly elementType: NumericType;
  /** Packed little-endian numbers, in order; only the sum of the lengths has to be whole elements. */
  readonly parts: readonly Uint8Array[];
  /** Elements in all parts together. */
  readonly count: number;

  constructor(elementType: NumericType, parts: readonly Uint8Array[]) {
    this.elementType = elementType;
    this.parts = parts;
    this.count = parts.reduce((sum, part) => sum + part.byteLength, 0) / bytesPerNumber(elementType);
  }
}

/** The value every field of this type has before anything was received: zeros, "", empty, nothing selected. */
export function defaultValue(type: TypeDescription): Value {
  switch (type.kind) {
    case "scalar":
      return defaultScalar(type.scalar);
    case "scalar-array":
      if (!isNumeric(type.scalar)) return [];
      return emptyNumericArray(type.scalar);
    case "structure":
      return defaultStructure(type);
    case "union":
      return new UnionValue(type);
    case "any":
      return new AnyValue();
    default:
      return [];
  }
}

/** As `defaultValue`, of a structure. */
export function defaultStructure(type: StructureDescription): StructureValue {
  return new StructureValue(
    type,
    type.members.map((member) => defaultValue(member.type)),
  );
}

function defaultScalar(type: string): ScalarValue {
  if (type === "string") return "";
  if (type === "boolean") return false;
  return type === "long" || type === "ulong" ? 0n : 0;
}

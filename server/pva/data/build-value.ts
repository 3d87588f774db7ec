import { PvaError } from "../errors.ts";
import {
  isNumeric,
  isNumericArrayOf,
  numericArrayOver,
  bytesPerNumber,
  type NumericType,
} from "./scalar-types.ts";
import type { StructureDescription, TypeDescription, UnionDescription } from "./type-description.ts";
import { AnyValue, ArrayInParts, defaultValue, StructureValue, UnionValue, type Value } from "./value.ts";

/** What a value may be built from: a Value as it is, or ordinary JavaScript of the same shape. */
export type Plain = Value | null | undefined | readonly Plain[] | { readonly [name: string]: Plain };

/**
 * Builds a value of `type` from ordinary JavaScript: objects for structures (absent members get defaults), an object
 * with one entry for a union, arrays for arrays, numbers for long and ulong too. `any` takes an AnyValue.
 * For local, trusted data; throws `bad-value` where the shape does not fit.
 * @example buildValue(type, { codec: { name: "jpeg" }, value: { ubyteValue: bytes }, uniqueId: 7 })
 */
export function buildValue(type: TypeDescription, plain: Plain): Value {
  if (plain === undefined || plain === null) return defaultValue(type);
  switch (type.kind) {
    case "structure":
      return buildStructure(type, plain);
    case "union":
      return plain instanceof UnionValue ? plain : buildUnion(type, plain);
    case "any":
      if (plain instanceof AnyValue) return plain;
      throw misfit(type.kind, plain);
    case "scalar":
      if (type.scalar === "long" || type.scalar === "ulong") return BigInt(plain as bigint | number | string);
      return plain as Value;
    case "scalar-array":
      return isNumeric(type.scalar) ? buildNumericArray(type.scalar, plain) : (plain as Value);
    case "structure-array":
      return elements(plain).map((element) =>
        element === null ? null : buildStructure(type.element, element),
      );
    case "union-array":
      return elements(plain).map((element) =>
        element === null || element instanceof UnionValue ? element : buildUnion(type.element, element),
      );
    case "any-array":
      return elements(plain).map((element) => {
        if (element === null || element instanceof AnyValue) return element;
        throw misfit(type.kind, element);
      });
  }
}

/** As `buildValue`, of a structure. */
export function buildStructure(type: StructureDescription, plain: Plain): StructureValue {
  if (plain instanceof StructureValue) return plain;
  const entries = new Map(Object.entries(plainObject(type.kind, plain)));
  for (const name of entries.keys())
    if (!type.indexOf.has(name)) throw new PvaError("bad-value", `no member ${name}`);
  return new StructureValue(
    type,
    type.members.map((member) => buildValue(member.type, entries.get(member.name))),
  );
}

function buildUnion(type: UnionDescription, plain: Plain): UnionValue {
  const [entry] = Object.entries(plainObject(type.kind, plain));
  if (entry === undefined) return new UnionValue(type);
  const selector = type.indexOf.get(entry[0]);
  if (selector === undefined) throw new PvaError("bad-value", `no union member ${entry[0]}`);
  return new UnionValue(type, selector, buildValue(type.members[selector]!.type, entry[1]));
}

function buildNumericArray(type: NumericType, plain: Plain): Value {
  if (isNumericArrayOf(type, plain) || plain instanceof ArrayInParts) return plain;
  const numbers = elements(plain) as readonly (number | bigint)[];
  const array = numericArrayOver(type, new ArrayBuffer(numbers.length * bytesPerNumber(type)));
  numbers.forEach((number, index) => {
    array[index] = typeof array[index] === "bigint" ? BigInt(number) : Number(number);
  });
  return array;
}

function elements(plain: Plain): readonly Plain[] {
  if (!Array.isArray(plain)) throw misfit("array", plain);
  return plain as readonly Plain[];
}

function plainObject(kind: string, plain: Plain): Readonly<Record<string, Plain>> {
  if (typeof plain !== "object" || plain === null || Array.isArray(plain)) throw misfit(kind, plain);
  return plain as Readonly<Record<string, Plain>>;
}

function misfit(kind: string, plain: Plain): PvaError {
  return new PvaError("bad-value", `${kind} cannot be built from ${typeof plain}`);
}

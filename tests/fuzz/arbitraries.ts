import fc from "fast-check";
import {
  bytesPerNumber,
  isNumeric,
  numericArrayOver,
  SCALAR_TYPES,
} from "../../server/pva/data/scalar-types.ts";
import type { NumericArray, ScalarType } from "../../server/pva/data/scalar-types.ts";
import {
  anyArray,
  anyType,
  type ArraySize,
  scalar,
  scalarArray,
  structure,
  structureArray,
  type TypeDescription,
  union,
  unionArray,
  VARIABLE,
} from "../../server/pva/data/type-description.ts";
import { AnyValue, StructureValue, UnionValue, type Value } from "../../server/pva/data/value.ts";

const MAX_ELEMENTS = 4;
/** Names nobody should use for a field, and everybody may. */
const NAMES = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }).filter((name) => name.isWellFormed()),
  fc.constantFrom("value", "__proto__", "constructor", "in-valid", "", "\ufeffmark"),
);

const SIZES: fc.Arbitrary<ArraySize> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(VARIABLE) },
  { weight: 1, arbitrary: fc.constant({ kind: "bounded", count: MAX_ELEMENTS } as const) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: MAX_ELEMENTS }).map((count) => ({ kind: "fixed", count }) as const),
  },
);

const scalars = fc.constantFrom(...SCALAR_TYPES);

/** Any type there is, structures and unions of any such types, some levels deep. */
export const types: fc.Arbitrary<TypeDescription> = fc.letrec<{
  type: TypeDescription;
  members: readonly { name: string; type: TypeDescription }[];
}>((tie) => ({
  members: fc.array(fc.record({ name: NAMES, type: tie("type") }), { maxLength: 4 }),
  type: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    scalars.map((type) => scalar(type)),
    fc.tuple(scalars, SIZES).map(([type, size]) => scalarArray(type, size)),
    fc.constant(anyType()),
    SIZES.map((size) => anyArray(size)),
    fc.tuple(NAMES, tie("members")).map(([id, members]) => structure(id, members)),
    fc.tuple(NAMES, tie("members")).map(([id, members]) => union(id, members)),
    fc.tuple(tie("members"), SIZES).map(([members, size]) => structureArray(structure("", members), size)),
    fc.tuple(tie("members"), SIZES).map(([members, size]) => unionArray(union("", members), size)),
  ),
})).type;

/** Values of a type. */
export function valuesOf(type: TypeDescription): fc.Arbitrary<Value> {
  switch (type.kind) {
    case "scalar":
      return scalarsOf(type.scalar);
    case "scalar-array":
      return arraysOf(type.scalar, type.size);
    case "structure":
      return fc
        .tuple(...type.members.map((member) => valuesOf(member.type)))
        .map((members) => new StructureValue(type, members));
    case "union":
      return unionsOf(type);
    case "any":
      return anyValues;
    case "structure-array":
      return elementsOf(valuesOf(type.element), type.size);
    case "union-array":
      return elementsOf(unionsOf(type.element), type.size);
    case "any-array":
      return elementsOf(anyValues, type.size);
  }
}

const anyValues: fc.Arbitrary<AnyValue> = fc.oneof(
  fc.constant(new AnyValue()),
  scalars.chain((type) => scalarsOf(type).map((value) => new AnyValue(scalar(type), value))),
  scalars.chain((type) => arraysOf(type, VARIABLE).map((value) => new AnyValue(scalarArray(type), value))),
  fc.constant(new AnyValue(anyType(), new AnyValue(scalar("int"), 7))),
);

function elementsOf(element: fc.Arbitrary<Value>, size: ArraySize): fc.Arbitrary<Value> {
  return fc.array(fc.option(element), lengths(size)) as fc.Arbitrary<Value>;
}

function unionsOf(type: TypeDescription & { kind: "union" }): fc.Arbitrary<UnionValue> {
  const nothing = fc.constant(new UnionValue(type));
  const selections = type.members.map((member, index) =>
    valuesOf(member.type).map((value) => new UnionValue(type, index, value)),
  );
  return fc.oneof(nothing, ...selections);
}

function scalarsOf(type: ScalarType): fc.Arbitrary<Value> {
  switch (type) {
    case "boolean":
      return fc.boolean();
    case "string":
      return fc.string({ unit: "binary", maxLength: 300 }).filter((text) => text.isWellFormed());
    default:
      // Any bytes are a number; read through a typed array they are one this type can hold.
      return fc
        .uint8Array({ minLength: 8, maxLength: 8 })
        .map((bytes) => numericArrayOver(type, bytes.slice().buffer)[0]!)
        .map((number) => (Number.isNaN(number) ? 0 : number));
  }
}

function arraysOf(type: ScalarType, size: ArraySize): fc.Arbitrary<Value> {
  const { minLength, maxLength } = lengths(size);
  if (!isNumeric(type)) return fc.array(scalarsOf(type), { minLength, maxLength }) as fc.Arbitrary<Value>;
  const width = bytesPerNumber(type);
  return fc
    .integer({ min: minLength, max: maxLength })
    .chain((count) => fc.uint8Array({ minLength: count * width, maxLength: count * width }))
    .map((bytes) => withoutNaN(numericArrayOver(type, bytes.slice().buffer)));
}

/** Bun's toEqual finds one NaN of a typed array unlike another. */
function withoutNaN(array: NumericArray): NumericArray {
  if (array instanceof Float32Array || array instanceof Float64Array)
    array.forEach((number, index) => (array[index] = Number.isNaN(number) ? 0 : number));
  return array;
}

function lengths(size: ArraySize): { minLength: number; maxLength: number } {
  if (size.kind === "fixed") return { minLength: size.count, maxLength: size.count };
  return { minLength: 0, maxLength: MAX_ELEMENTS };
}

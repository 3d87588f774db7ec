import {
  AnyValue,
  ArrayElsewhere,
  bitOfField,
  type MonitorUpdate,
  type ScalarType,
  type StructureDescription,
  type TypeDescription,
  UnionValue,
} from "../pva/index.ts";

/** Name of the field that holds the pixels in an NTNDArray. */
export const PIXEL_FIELD = "value";

/** What an update says about the pixels. */
export type UpdatePixels =
  /** They lie in a place that the sink gave. */
  | {
      readonly kind: "placed";
      readonly place: Uint8Array;
      readonly elementType: ScalarType;
      readonly count: number;
      readonly bigEndian: boolean;
    }
  /** They came, but the sink gave no place for them. */
  | { readonly kind: "declined" }
  /** They were decoded with the rest of the structure, into memory of their own, in host byte order. */
  | {
      readonly kind: "decoded";
      readonly bytes: Uint8Array;
      readonly elementType: ScalarType;
      readonly count: number;
    }
  /** There is something else where the pixels should be. */
  | { readonly kind: "no-numbers"; readonly what: string };

/**
 * Judges by its type whether a PV can have images: a structure with `dimension` and a `value` that may be an array of
 * numbers. The type id is not asked; groups and older servers send images under other ids.
 * @returns what is wrong, in words; undefined for an image
 */
export function whyNoImage(type: StructureDescription): string | undefined {
  const called = type.id === "" ? "a structure" : type.id.slice(0, 64);
  const pixels = memberType(type, PIXEL_FIELD);
  if (pixels === undefined) return `it is ${called} without a "value" field`;
  if (memberType(type, "dimension")?.kind !== "structure-array")
    return `it is ${called} without a "dimension" array`;
  if (pixels.kind === "union" || pixels.kind === "any" || pixels.kind === "scalar-array") return undefined;
  return `its "value" is a ${pixels.kind}, not an array`;
}

/**
 * The pixels of an update; undefined where it brings none: the field is not in it, or there is no image yet, which an
 * IOC says with an empty union or an empty array (ntndArrayConverter.cpp, getValueType).
 */
export function pixelsOf({ value, changed, bulk }: MonitorUpdate): UpdatePixels | undefined {
  if (bulk !== undefined) return { ...bulk, kind: "placed", place: bulk.destination };
  const bit = bitOfField(value.type, PIXEL_FIELD);
  if (bit === undefined || !(changed.has(0) || changed.has(bit))) return undefined;
  const pixels = unwrapped(value.field(PIXEL_FIELD));
  if (pixels === undefined) return undefined;
  if (pixels instanceof ArrayElsewhere) return pixels.count === 0 ? undefined : { kind: "declined" };
  const elementType = elementTypeOf(pixels);
  if (elementType === undefined)
    return {
      kind: "no-numbers",
      what: Array.isArray(pixels) ? "an array of other things" : `a ${typeof pixels}`,
    };
  const { buffer, byteOffset, byteLength, length } = pixels as Uint8Array;
  return length === 0
    ? undefined
    : { kind: "decoded", bytes: new Uint8Array(buffer, byteOffset, byteLength), elementType, count: length };
}

/** Unions and `any` may hold one another. */
function unwrapped(value: unknown): unknown {
  let inner = value;
  while (inner instanceof UnionValue || inner instanceof AnyValue) inner = inner.value;
  return inner;
}

function memberType(type: StructureDescription, name: string): TypeDescription | undefined {
  return type.members[type.indexOf.get(name) ?? -1]?.type;
}

const ELEMENT_TYPES: readonly (readonly [new () => unknown, ScalarType])[] = [
  [Int8Array, "byte"],
  [Uint8Array, "ubyte"],
  [Int16Array, "short"],
  [Uint16Array, "ushort"],
  [Int32Array, "int"],
  [Uint32Array, "uint"],
  [BigInt64Array, "long"],
  [BigUint64Array, "ulong"],
  [Float32Array, "float"],
  [Float64Array, "double"],
];

function elementTypeOf(value: unknown): ScalarType | undefined {
  return ELEMENT_TYPES.find(([arrayType]) => value instanceof arrayType)?.[1];
}

/**
 * The twelve scalar types in pvData's ScalarType order, which is also the number NTNDArray's codec.parameters holds
 * (Protocol-Encoding, "FieldDesc").
 */
export const SCALAR_TYPES = [
  "boolean",
  "byte",
  "short",
  "int",
  "long",
  "ubyte",
  "ushort",
  "uint",
  "ulong",
  "float",
  "double",
  "string",
] as const;

/** Name of a scalar type: the protocol's own words. `byte` is signed, `long` and `ulong` have 64 bits. */
export type ScalarType = (typeof SCALAR_TYPES)[number];

/** The ten types whose arrays are packed numbers. */
export type NumericType = Exclude<ScalarType, "boolean" | "string">;

/** Arrays of numbers as this package hands them out; 64-bit integers as BigInt arrays. */
export type NumericArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Type code of each scalar type in a FieldDesc. */
export const SCALAR_CODES: Readonly<Record<ScalarType, number>> = {
  boolean: 0x00,
  byte: 0x20,
  short: 0x21,
  int: 0x22,
  long: 0x23,
  ubyte: 0x24,
  ushort: 0x25,
  uint: 0x26,
  ulong: 0x27,
  float: 0x42,
  double: 0x43,
  string: 0x60,
};

const BY_CODE: ReadonlyMap<number, ScalarType> = new Map(
  SCALAR_TYPES.map((type) => [SCALAR_CODES[type], type]),
);

/** The scalar type with this code, or undefined for structures, unions, any and reserved codes. */
export function scalarTypeOfCode(code: number): ScalarType | undefined {
  return BY_CODE.get(code);
}

const NUMERIC_ARRAYS = {
  byte: Int8Array,
  short: Int16Array,
  int: Int32Array,
  long: BigInt64Array,
  ubyte: Uint8Array,
  ushort: Uint16Array,
  uint: Uint32Array,
  ulong: BigUint64Array,
  float: Float32Array,
  double: Float64Array,
} as const;

/** Whether arrays of this type are packed numbers (everything but boolean and string). */
export function isNumeric(type: ScalarType): type is NumericType {
  return type !== "boolean" && type !== "string";
}

/** Bytes of one number on the wire and in memory. */
export function bytesPerNumber(type: NumericType): 1 | 2 | 4 | 8 {
  return NUMERIC_ARRAYS[type].BYTES_PER_ELEMENT as 1 | 2 | 4 | 8;
}

/** A typed array of this type over fresh bytes: `buffer` must hold whole, aligned elements. */
export function numericArrayOver(type: NumericType, buffer: ArrayBuffer): NumericArray {
  return new NUMERIC_ARRAYS[type](buffer);
}

/** An empty array of this type. */
export function emptyNumericArray(type: NumericType): NumericArray {
  return new NUMERIC_ARRAYS[type](0);
}

/** Whether `value` is the kind of typed array this type is carried in. */
export function isNumericArrayOf(type: NumericType, value: unknown): value is NumericArray {
  return value instanceof NUMERIC_ARRAYS[type];
}

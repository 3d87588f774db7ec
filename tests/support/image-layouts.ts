import {
  AnyValue,
  anyType,
  isNumeric,
  NTNDARRAY_NDPLUGINPVA,
  NTNDARRAY_PVXS,
  type NumericArray,
  type NumericType,
  type Plain,
  scalar,
  scalarArray,
  SCALAR_TYPES,
  structure,
  structureArray,
  type StructureDescription,
  union,
} from "../../server/pva/index.ts";

/** pvaPy's union lists its members in another order, under other names (pvaPy NtNdArray). */
const PVAPY_ORDER = [
  "boolean",
  "byte",
  "ubyte",
  "short",
  "ushort",
  "int",
  "uint",
  "long",
  "ulong",
  "float",
  "double",
];

const PVAPY = structure(
  NTNDARRAY_PVXS.id,
  [
    "value",
    "codec",
    "compressedSize",
    "uncompressedSize",
    "dimension",
    "uniqueId",
    "dataTimeStamp",
    "attribute",
    "descriptor",
    "alarm",
    "timeStamp",
    "display",
  ].map((name) => {
    const index = NTNDARRAY_NDPLUGINPVA.indexOf.get(name)!;
    return name === "value"
      ? { name, type: union("", PVAPY_ORDER.map(pvapyMember)) }
      : NTNDARRAY_NDPLUGINPVA.members[index]!;
  }),
);

/** A QSRV group that mimics NTNDArray: members sorted, the pixels in an `any` that comes last (pvxs test/image.db). */
const QSRV = structure(NTNDARRAY_PVXS.id, [
  { name: "attribute", type: NTNDARRAY_PVXS.members[NTNDARRAY_PVXS.indexOf.get("attribute")!]!.type },
  { name: "dimension", type: structureArray(structure("", [{ name: "size", type: scalar("int") }])) },
  { name: "value", type: anyType() },
]);

/** One way to lay out an image. */
export interface ImageLayout {
  readonly name: string;
  readonly type: StructureDescription;
  /** The value of an image of one line. */
  readonly image: (elementType: NumericType, pixels: NumericArray, uniqueId: number) => Plain;
}

/** Every layout met with in the wild. */
export const IMAGE_LAYOUTS: readonly ImageLayout[] = [
  unionLayout("A (NDPluginPva)", NTNDARRAY_NDPLUGINPVA, (type) => `${type}Value`),
  unionLayout("B (pvxs)", NTNDARRAY_PVXS, (type) => `${type}Value`),
  unionLayout("C (pvaPy)", PVAPY, (type) => type),
  {
    name: "a QSRV group",
    type: QSRV,
    image: (elementType, pixels) => ({
      dimension: [{ size: pixels.length }],
      value: new AnyValue(scalarArray(elementType), pixels),
    }),
  },
];

/** The ten sample types. */
export const SAMPLE_TYPES: readonly NumericType[] = SCALAR_TYPES.filter(isNumeric);

function unionLayout(
  name: string,
  type: StructureDescription,
  memberOf: (elementType: NumericType) => string,
): ImageLayout {
  return {
    name,
    type,
    image: (elementType, pixels, uniqueId) => ({
      value: { [memberOf(elementType)]: pixels },
      uniqueId,
      compressedSize: pixels.byteLength,
      uncompressedSize: pixels.byteLength,
      dimension: [{ size: pixels.length, fullSize: pixels.length, binning: 1 }],
      attribute: [{ name: "ColorMode", value: new AnyValue(scalar("int"), 0) }],
    }),
  };
}

function pvapyMember(name: string): { name: string; type: ReturnType<typeof scalarArray> } {
  const type = SCALAR_TYPES.find((known) => known === name);
  if (type === undefined) throw new Error(`no scalar type ${name}`);
  return { name, type: scalarArray(type) };
}

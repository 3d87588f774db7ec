import {
  AnyValue,
  anyType,
  buildStructure,
  NTNDARRAY_ID,
  NTNDARRAY_NDPLUGINPVA,
  NTNDARRAY_PVXS,
  type NumericArray,
  type NumericType,
  type Plain,
  scalar,
  scalarArray,
  structure,
  structureArray,
  type StructureDescription,
  type StructureValue,
  timeFields,
  type TypeDescription,
  union,
} from "../../server/pva/index.ts";

/** Typed array for each numeric type, to make samples with. */
export const ARRAYS = {
  byte: Int8Array,
  ubyte: Uint8Array,
  short: Int16Array,
  ushort: Uint16Array,
  int: Int32Array,
  uint: Uint32Array,
  long: BigInt64Array,
  ulong: BigUint64Array,
  float: Float32Array,
  double: Float64Array,
} as const;

export const NUMERIC_TYPES = Object.keys(ARRAYS) as NumericType[];

function member(name: string, type: TypeDescription): { name: string; type: TypeDescription } {
  return { name, type };
}

const pvxsMember = (name: string): { name: string; type: TypeDescription } =>
  NTNDARRAY_PVXS.members[NTNDARRAY_PVXS.indexOf.get(name)!]!;

/** pvaPy's NtNdArray: its own union order and names, alarm and timeStamp after the attributes, a user's field at the end. */
const PVAPY = structure(NTNDARRAY_ID, [
  member(
    "value",
    union(
      "",
      (
        [
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
        ] as const
      ).map((type) => member(`${type}Value`, scalarArray(type))),
    ),
  ),
  ...[
    "codec",
    "compressedSize",
    "uncompressedSize",
    "dimension",
    "uniqueId",
    "dataTimeStamp",
    "attribute",
  ].map(pvxsMember),
  member("descriptor", scalar("string")),
  ...["alarm", "timeStamp"].map(pvxsMember),
  member("mine", scalar("double")),
]);

/** A QSRV group with an image: members sorted, sizes only, value an `any` at the end, no codec and no uniqueId. */
const GROUP = structure(NTNDARRAY_ID, [
  member("alarm", pvxsMember("alarm").type),
  member(
    "attribute",
    structureArray(structure("", [member("name", scalar("string")), member("value", anyType())])),
  ),
  member("dimension", structureArray(structure("", [member("size", scalar("int"))]))),
  member("timeStamp", pvxsMember("timeStamp").type),
  member("value", anyType()),
]);

const groupMember = (name: string): { name: string; type: TypeDescription } =>
  GROUP.members[GROUP.indexOf.get(name)!]!;

function plainType(type: NumericType): StructureDescription {
  return structure("", [member("value", scalarArray(type)), ...["dimension", "attribute"].map(groupMember)]);
}

export const LAYOUTS = ["NDPluginPva", "pvxs", "pvapy", "group", "plain"] as const;
export type LayoutName = (typeof LAYOUTS)[number];

export type ColorModeForm = "byte" | "short" | "int" | "long" | "ushort" | "uint" | "enum";

/** An array to be published, in the words of areaDetector. */
export interface ArrayWords {
  readonly type: NumericType;
  readonly samples: NumericArray;
  readonly sizes: readonly number[];
  /** NDColorMode_t; no attribute where undefined. */
  readonly colorMode?: number | undefined;
  readonly colorModeAs?: ColorModeForm;
  readonly codec?: string;
  /** `codec.parameters`; absent where undefined. */
  readonly typeCode?: number | bigint | undefined;
  readonly compressedSize?: number;
  readonly uncompressedSize?: number;
  /** The attribute BayerPattern. */
  readonly bayer?: number;
  /** `offset` and `reverse` of the dimensions. */
  readonly offsets?: readonly number[];
  readonly reverse?: readonly boolean[];
  readonly uniqueId?: number;
  readonly timeMs?: number;
  readonly cameraTimeMs?: number;
  /** Puts null elements into the structure arrays, as servers may. */
  readonly holes?: boolean;
}

/** A structure as the publisher of that name would send it. */
export function ndarray(layout: LayoutName, words: ArrayWords): StructureValue {
  const type = typeOf(layout, words.type);
  const plain: Record<string, Plain> = {
    value: pixels(layout, words),
    codec: { name: words.codec ?? "", parameters: typeCode(words.typeCode) },
    compressedSize: words.compressedSize ?? 0,
    uncompressedSize: words.uncompressedSize ?? 0,
    uniqueId: words.uniqueId ?? 0,
    timeStamp: timeFields(words.timeMs ?? 0),
    dataTimeStamp: timeFields(words.cameraTimeMs ?? 0),
    dimension: withHoles(
      words,
      words.sizes.map((size, axis) => dimension(layout, words, size, axis)),
    ),
    attribute: withHoles(words, attributes(words)),
  };
  return buildStructure(
    type,
    Object.fromEntries(Object.entries(plain).filter(([name]) => type.indexOf.has(name))),
  );
}

/** `count` samples 0, 1, 2, … of a type, wrapping where it is small. */
export function ramp(type: NumericType, count: number): NumericArray {
  const samples = new ARRAYS[type](count);
  for (let index = 0; index < count; index++)
    samples[index] = typeof samples[index] === "bigint" ? BigInt(index) : index;
  return samples;
}

function typeOf(layout: LayoutName, type: NumericType): StructureDescription {
  if (layout === "plain") return plainType(type);
  return { NDPluginPva: NTNDARRAY_NDPLUGINPVA, pvxs: NTNDARRAY_PVXS, pvapy: PVAPY, group: GROUP }[layout];
}

function pixels(layout: LayoutName, { type, samples }: ArrayWords): Plain {
  if (layout === "plain") return samples;
  return layout === "group" ? new AnyValue(scalarArray(type), samples) : { [`${type}Value`]: samples };
}

/** Groups and plain structures have sizes only. */
function dimension(layout: LayoutName, words: ArrayWords, size: number, axis: number): Plain {
  if (layout === "group" || layout === "plain") return { size };
  return { size, offset: words.offsets?.[axis] ?? 0, reverse: words.reverse?.[axis] ?? false };
}

function typeCode(code: number | bigint | undefined): AnyValue {
  if (code === undefined) return new AnyValue();
  return new AnyValue(scalar(typeof code === "bigint" ? "long" : "int"), code);
}

function withHoles({ holes }: ArrayWords, elements: readonly Plain[]): readonly Plain[] {
  return holes === true ? [null, ...elements, null] : elements;
}

function attributes({ colorMode, colorModeAs = "int", bayer }: ArrayWords): readonly Plain[] {
  const temperature = { name: "Temperature", value: new AnyValue(scalar("double"), 21.5) };
  const undefinedOne = { name: "Empty", value: new AnyValue() };
  const pattern =
    bayer === undefined ? [] : [{ name: "BayerPattern", value: new AnyValue(scalar("int"), bayer) }];
  if (colorMode === undefined) return [temperature, undefinedOne, ...pattern];
  const mode = { name: "ColorMode", value: colorModeValue(colorMode, colorModeAs) };
  return [temperature, mode, undefinedOne, ...pattern];
}

function colorModeValue(mode: number, form: ColorModeForm): AnyValue {
  if (form === "enum") {
    const type = structure("enum_t", [
      member("index", scalar("int")),
      member("choices", scalarArray("string")),
    ]);
    return new AnyValue(type, buildStructure(type, { index: mode, choices: ["Mono", "Bayer", "RGB1"] }));
  }
  return new AnyValue(scalar(form), form === "long" ? BigInt(mode) : mode);
}

import { SCALAR_TYPES } from "../data/scalar-types.ts";
import {
  anyType,
  type Member,
  scalar,
  scalarArray,
  structure,
  structureArray,
  type StructureDescription,
  union,
  type UnionDescription,
} from "../data/type-description.ts";
import { ALARM_TYPE, TIME_TYPE } from "./time-and-alarm.ts";

/** Type id of NTNDArray, whatever its members. */
export const NTNDARRAY_ID = "epics:nt/NTNDArray:1.0";

const SAMPLE_NAMES = SCALAR_TYPES.filter((type) => type !== "string");

/** The pixel union as ADCore and pvxs order it: booleanValue … doubleValue. */
export const NDARRAY_VALUE_TYPE: UnionDescription = union(
  "",
  SAMPLE_NAMES.map((type) => ({ name: `${type}Value`, type: scalarArray(type) })),
);

const CODEC: Member = {
  name: "codec",
  type: structure("codec_t", [
    { name: "name", type: scalar("string") },
    { name: "parameters", type: anyType() },
  ]),
};

const DIMENSION: Member = {
  name: "dimension",
  type: structureArray(
    structure("dimension_t", [
      ...["size", "offset", "fullSize", "binning"].map((name) => ({ name, type: scalar("int") })),
      { name: "reverse", type: scalar("boolean") },
    ]),
  ),
};

const DISPLAY = structure("display_t", [
  { name: "limitLow", type: scalar("double") },
  { name: "limitHigh", type: scalar("double") },
  { name: "description", type: scalar("string") },
  { name: "format", type: scalar("string") },
  { name: "units", type: scalar("string") },
]);

const VALUE: Member = { name: "value", type: NDARRAY_VALUE_TYPE };
const COMPRESSED_SIZE: Member = { name: "compressedSize", type: scalar("long") };
const UNCOMPRESSED_SIZE: Member = { name: "uncompressedSize", type: scalar("long") };
const UNIQUE_ID: Member = { name: "uniqueId", type: scalar("int") };
const DATA_TIME: Member = { name: "dataTimeStamp", type: TIME_TYPE };
const ALARM: Member = { name: "alarm", type: ALARM_TYPE };
const TIME: Member = { name: "timeStamp", type: TIME_TYPE };
const DESCRIPTOR: Member = { name: "descriptor", type: scalar("string") };
const SOURCE: readonly Member[] = [
  { name: "sourceType", type: scalar("int") },
  { name: "source", type: scalar("string") },
];

/** NTNDArray as NDPluginPva (old C++ stack) lays it out: normativeTypesCPP ntndarray.cpp with its four optional fields. */
export const NTNDARRAY_NDPLUGINPVA: StructureDescription = structure(NTNDARRAY_ID, [
  VALUE,
  CODEC,
  COMPRESSED_SIZE,
  UNCOMPRESSED_SIZE,
  DIMENSION,
  UNIQUE_ID,
  DATA_TIME,
  {
    name: "attribute",
    type: structureArray(
      structure("epics:nt/NTAttribute:1.0", [
        { name: "name", type: scalar("string") },
        { name: "value", type: anyType() },
        DESCRIPTOR,
        ...SOURCE,
      ]),
    ),
  },
  DESCRIPTOR,
  ALARM,
  TIME,
  { name: "display", type: DISPLAY },
]);

/** NTNDArray as pvxs, p4p and NDPluginPvxs lay it out: pvxs src/nt.cpp. */
export const NTNDARRAY_PVXS: StructureDescription = structure(NTNDARRAY_ID, [
  VALUE,
  CODEC,
  COMPRESSED_SIZE,
  UNCOMPRESSED_SIZE,
  UNIQUE_ID,
  DATA_TIME,
  ALARM,
  TIME,
  DIMENSION,
  {
    name: "attribute",
    type: structureArray(
      structure("epics:nt/NTAttribute:1.0", [
        { name: "name", type: scalar("string") },
        { name: "value", type: anyType() },
        { name: "tags", type: scalarArray("string") },
        DESCRIPTOR,
        ALARM,
        TIME,
        ...SOURCE,
      ]),
    ),
  },
]);

import { bytesPerSample, type Codec, CODECS, SAMPLE_TYPES, type SampleType } from "../../wasm/core/index.ts";
import { AnyValue, type ScalarType, type StructureValue } from "../pva/index.ts";
import { ImageFault } from "./fault.ts";
import { integerOf } from "./metadata.ts";

/** The pixel array of an update. */
export interface PixelArray {
  readonly elementType: ScalarType;
  readonly count: number;
}

/** What the bytes of an array are. */
export interface Packing {
  readonly codec: Codec;
  readonly sampleType: SampleType;
  /** The bytes that count: of a compressed array what the publisher says they are. */
  readonly byteLength: number;
  /** Bytes unpacked, where the publisher tells; undefined where it does not. */
  readonly unpacked: number | undefined;
}

/** The numeric types of pvData as sample types; boolean and string arrays are no pixels. */
const SAMPLE_TYPE_OF: ReadonlyMap<ScalarType, SampleType> = new Map([
  ["byte", "int8"],
  ["ubyte", "uint8"],
  ["short", "int16"],
  ["ushort", "uint16"],
  ["int", "int32"],
  ["uint", "uint32"],
  ["long", "int64"],
  ["ulong", "uint64"],
  ["float", "float32"],
  ["double", "float64"],
]);

/**
 * pvData's ScalarType (pvIntrospect.h), which is what ADCore puts into `codec.parameters` (ntndArrayConverter.cpp,
 * fromArray), as sample types; boolean has none.
 */
const BY_SCALAR_TYPE: readonly (SampleType | undefined)[] = [
  undefined,
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float32",
  "float64",
];

/** What most cameras have whose publisher does not tell: unsigned, but there is no camera with 64-bit counters. */
const LIKELY: ReadonlyMap<number, SampleType> = new Map([
  [1, "uint8"],
  [2, "uint16"],
  [4, "uint32"],
  [8, "float64"],
]);

/**
 * Reads `codec`, `compressedSize` and `uncompressedSize`. The sizes of uncompressed arrays are not looked at: ADCore
 * takes them from the buffer, which may be larger, or an older frame's (NDArrayPool.cpp).
 *
 * @param samples what `dimension` makes, to tell which of two meanings a type code has
 * @throws ImageFault `codec`, `sample-type`
 */
export function packingOf(value: StructureValue, array: PixelArray, samples: number): Packing {
  const elementType = SAMPLE_TYPE_OF.get(array.elementType);
  if (elementType === undefined) {
    throw new ImageFault(
      "not-an-image",
      "sample-type",
      `An array of ${array.elementType} has no pixels in it.`,
    );
  }
  const name = value.field("codec.name");
  const bytes = array.count * bytesPerSample(elementType);
  if (typeof name !== "string" || name === "")
    return { codec: "none", sampleType: elementType, byteLength: bytes, unpacked: undefined };
  const codec = CODECS.find((known) => known === name && known !== "none");
  if (codec === undefined) {
    const known = CODECS.filter((word) => word !== "none").join(", ");
    const message = `Images compressed with ${quoted(name)} are not understood; ${known} are.`;
    throw new ImageFault("not-an-image", "codec", message);
  }
  const compressed = integerOf(value.field("compressedSize")) ?? 0;
  const unpacked = integerOf(value.field("uncompressedSize")) ?? 0;
  // ADCore packs nothing but bytes as JPEG, and a file of more bits is told by its own header.
  const sampleBytes = codec === "jpeg" ? 1 : unpacked > 0 ? unpacked / samples : undefined;
  return {
    codec,
    sampleType: codedType(value, sampleBytes),
    // Some send the whole buffer and tell how much of it counts (NDPluginPvxs before 2026).
    byteLength: compressed > 0 && compressed < bytes ? compressed : bytes,
    unpacked: unpacked > 0 ? unpacked : undefined,
  };
}

/**
 * The sample type behind `codec.parameters`: an integer of any width, ScalarType by custom, NDDataType_t from some
 * publishers. The one whose size fits the array is meant; the likely type of that size where neither does.
 *
 * @param sampleBytes bytes a sample has by the sizes; undefined where they are not known
 * @throws ImageFault `sample-type` where nothing tells
 */
function codedType(value: StructureValue, sampleBytes: number | undefined): SampleType {
  const parameters = value.field("codec.parameters");
  const code = integerOf(parameters instanceof AnyValue ? parameters.value : parameters);
  const meanings = code === undefined ? [] : [BY_SCALAR_TYPE[code], SAMPLE_TYPES[code]];
  const fits = (type: SampleType | undefined): type is SampleType =>
    type !== undefined && (sampleBytes === undefined || bytesPerSample(type) === sampleBytes);
  const type = meanings.find(fits) ?? LIKELY.get(sampleBytes ?? 0);
  if (type !== undefined) return type;
  const told = code === undefined ? "no type" : `type ${code}`;
  const sized = sampleBytes === undefined ? "" : `, and ${sampleBytes} bytes a pixel sample`;
  throw new ImageFault(
    "bad-frame",
    "sample-type",
    `The compressed array tells ${told} in codec.parameters${sized}.`,
  );
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 32 ? `${name.slice(0, 32)}…` : name);
}

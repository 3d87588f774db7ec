import type { SampleType } from "../../wasm/core/index.ts";
import {
  AnyValue,
  ArrayInParts,
  type NumericType,
  type Plain,
  scalar,
  SCALAR_TYPES,
  timeFields,
} from "../pva/index.ts";
import { layoutOf } from "./layout.ts";
import type { CameraSpec } from "./vocabulary.ts";

/** pvData's name of each sample type. */
const ELEMENT_TYPE: Readonly<Record<SampleType, NumericType>> = {
  int8: "byte",
  uint8: "ubyte",
  int16: "short",
  uint16: "ushort",
  int32: "int",
  uint32: "uint",
  int64: "long",
  uint64: "ulong",
  float32: "float",
  float64: "double",
};

/** NDColorMode_t (ADCore, NDArray.h). */
const COLOUR_MODE = { mono: 0, rgb1: 2, rgb2: 3, rgb3: 4 } as const;

/** What ADCore writes for every frame (ntndArrayConverter.cpp, fromArray): the fields of each of our posts. */
export const FRAME_FIELDS = [
  "value",
  "codec",
  "compressedSize",
  "uncompressedSize",
  "uniqueId",
  "dataTimeStamp",
  "timeStamp",
  "dimension",
  "attribute",
] as const;

/**
 * One frame as an NTNDArray, uncompressed.
 * @param parts the pixels, which must not change any more
 * @param time when it was taken, POSIX milliseconds
 */
export function ndarrayOf(
  spec: CameraSpec,
  parts: readonly Uint8Array[],
  uniqueId: number,
  time: number,
): Plain {
  const elementType = ELEMENT_TYPE[spec.sampleType];
  const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const { dimensions } = layoutOf(spec.colourMode, spec.width, spec.height);
  return {
    value: { [`${elementType}Value`]: new ArrayInParts(elementType, parts) },
    // ADCore tells the ScalarType of the pixels even where nothing is compressed.
    codec: { name: "", parameters: new AnyValue(scalar("int"), SCALAR_TYPES.indexOf(elementType)) },
    compressedSize: bytes,
    uncompressedSize: bytes,
    // An int on the wire: wraps as a driver's counter does.
    uniqueId: uniqueId | 0,
    dataTimeStamp: timeFields(time),
    timeStamp: timeFields(time),
    dimension: dimensions.map((size) => ({ size, offset: 0, fullSize: size, binning: 1, reverse: false })),
    attribute: [
      {
        name: "ColorMode",
        value: new AnyValue(scalar("int"), COLOUR_MODE[spec.colourMode]),
        descriptor: "Color mode",
        source: "Driver",
      },
    ],
  };
}

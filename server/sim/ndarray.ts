import { bytesPerSample, type SampleType } from "../../wasm/core/index.ts";
import {
  AnyValue,
  ArrayInParts,
  type NumericType,
  type Plain,
  scalar,
  SCALAR_TYPES,
  timeFields,
} from "../pva/index.ts";
import { codecName } from "./codec/compress.ts";
import { layoutOf } from "./layout.ts";
import { bayerPatternOf, type CameraSpec, type Colour } from "./vocabulary.ts";

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
const COLOUR_MODE: Readonly<Record<Colour, number>> = {
  mono: 0,
  "bayer-rggb": 1,
  "bayer-gbrg": 1,
  "bayer-grbg": 1,
  "bayer-bggr": 1,
  rgb1: 2,
  rgb2: 3,
  rgb3: 4,
  yuv444: 5,
  yuv422: 6,
  yuv411: 7,
};

/** NDBayerPattern_t (ADCore, NDArray.h). */
const BAYER_PATTERN = { rggb: 0, gbrg: 1, grbg: 2, bggr: 3 } as const;

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
 * One frame as an NTNDArray. Compressed arrays are bytes, whatever the samples are; `codec.parameters` tells those.
 * @param parts the pixels, compressed as the camera's codec says; they must not change any more
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
  const { dimensions, samples } = layoutOf(spec.colour, spec.width, spec.height);
  const sentAs = spec.codec === "none" ? elementType : "ubyte";
  return {
    value: { [`${sentAs}Value`]: new ArrayInParts(sentAs, parts) },
    // ADCore tells the ScalarType of the pixels even where nothing is compressed.
    codec: {
      name: codecName(spec.codec),
      parameters: new AnyValue(scalar("int"), SCALAR_TYPES.indexOf(elementType)),
    },
    compressedSize: bytes,
    uncompressedSize: samples * bytesPerSample(spec.sampleType),
    // An int on the wire: wraps as a driver's counter does.
    uniqueId: uniqueId | 0,
    dataTimeStamp: timeFields(time),
    timeStamp: timeFields(time),
    dimension: dimensions.map((size) => ({ size, offset: 0, fullSize: size, binning: 1, reverse: false })),
    attribute: attributesOf(spec.colour),
  };
}

function attributesOf(colour: Colour): Plain[] {
  const attribute = (name: string, value: number, descriptor: string): Plain => ({
    name,
    value: new AnyValue(scalar("int"), value),
    descriptor,
    source: "Driver",
  });
  const pattern = bayerPatternOf(colour);
  const attributes = [attribute("ColorMode", COLOUR_MODE[colour], "Color mode")];
  if (pattern !== undefined)
    attributes.push(attribute("BayerPattern", BAYER_PATTERN[pattern], "Bayer pattern"));
  return attributes;
}

import { bytesPerSample, type FrameShape, type SampleType } from "../../wasm/core/index.ts";
import { AnyValue, type ScalarType, StructureValue, UnionValue } from "../pva/index.ts";
import { ImageFault } from "./fault.ts";
import { layoutOf } from "./layout.ts";
import { integerOf } from "./metadata.ts";

/** NDArrays have at most ten dimensions (ND_ARRAY_MAX_DIMS in ADCore's NDArray.h). */
const MAX_DIMENSIONS = 10;

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

/** What is known of an update's pixel array without looking at the pixels. */
interface PixelArray {
  readonly elementType: ScalarType;
  readonly count: number;
}

/**
 * Reads what an NTNDArray says about its pixels. Fields are found by name and judged by type, for publishers order
 * them differently, leave some out, and send `value` as a union, an `any` or a plain array.
 *
 * @param value the whole structure, earlier updates merged in
 * @param array the pixel array that came with it
 * @returns the shape of the picture, which are the first bytes of the array
 * @throws ImageFault `codec`, `sample-type`, `dimension`, `colour-mode` or `size`, with the numbers
 */
export function imageOf(value: StructureValue, array: PixelArray): FrameShape {
  const codec = value.field("codec.name");
  if (typeof codec === "string" && codec !== "") {
    throw new ImageFault(
      "not-an-image",
      "codec",
      `Images compressed with ${quoted(codec)} are not understood yet.`,
    );
  }
  const sampleType = SAMPLE_TYPE_OF.get(array.elementType);
  if (sampleType === undefined) {
    throw new ImageFault(
      "not-an-image",
      "sample-type",
      `An array of ${array.elementType} has no pixels in it.`,
    );
  }
  const sizes = dimensionSizes(value);
  const samples = sizes.reduce((product, size) => product * size, 1);
  checkSizes(sizes, samples * bytesPerSample(sampleType), array.count * bytesPerSample(sampleType));
  return { ...layoutOf(sizes, colorModeOf(value)), sampleType };
}

/** Sizes of all dimensions as sent, null elements left out; NaN where an element has no integer `size`. */
export function dimensionSizes(value: StructureValue): readonly number[] {
  return elements(value, "dimension").map((dimension) => integerOf(dimension.field("size")) ?? NaN);
}

/**
 * The `ColorMode` attribute (NDColorMode_t), undefined where there is none. Integers of any width, and the enum
 * structure that QSRV makes of an mbbi record.
 */
function colorModeOf(value: StructureValue): number | undefined {
  const attribute = elements(value, "attribute").find((candidate) => candidate.field("name") === "ColorMode");
  const sent = attribute?.field("value");
  const inner = sent instanceof AnyValue || sent instanceof UnionValue ? sent.value : sent;
  return integerOf(inner instanceof StructureValue ? inner.field("index") : inner);
}

function elements(value: StructureValue, field: string): readonly StructureValue[] {
  const array = value.field(field);
  if (!Array.isArray(array)) return [];
  return (array as readonly unknown[]).filter((element) => element instanceof StructureValue);
}

function checkSizes(sizes: readonly number[], announced: number, sent: number): void {
  const shape = `dimension [${sizes.slice(0, MAX_DIMENSIONS).join(", ")}${sizes.length > MAX_DIMENSIONS ? ", …" : ""}]`;
  if (sizes.length === 0 || sizes.length > MAX_DIMENSIONS) {
    throw new ImageFault(
      "bad-frame",
      "dimension",
      `An image of ${sent} bytes has ${sizes.length} dimensions; 1 to ${MAX_DIMENSIONS} make sense.`,
    );
  }
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw new ImageFault("bad-frame", "dimension", `The sizes in ${shape} must be integers above 0.`);
  }
  if (announced !== sent) {
    throw new ImageFault(
      "bad-frame",
      "size",
      `The array has ${sent} bytes, but ${shape} makes ${announced}.`,
    );
  }
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 32 ? `${name.slice(0, 32)}…` : name);
}

import { bytesPerSample, type Frame, pixelsPerGroup, samplesPerGroup } from "../../wasm/core/index.ts";
import { AnyValue, StructureValue, UnionValue } from "../pva/index.ts";
import { type Axis, bayerAt } from "./bayer.ts";
import { ImageFault } from "./fault.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { integerOf } from "./metadata.ts";
import { type Packing, packingOf, type PixelArray } from "./packing.ts";

/** NDArrays have at most ten dimensions (ND_ARRAY_MAX_DIMS in ADCore's NDArray.h). */
const MAX_DIMENSIONS = 10;

/** Everything of a frame but its bytes, and how many of the array's bytes they are. */
export interface Image extends Omit<Frame, "pixels" | "bigEndian"> {
  readonly byteLength: number;
}

/**
 * Reads what an NTNDArray says about its pixels. Fields are found by name and judged by type, for publishers order
 * them differently, leave some out, and send `value` as a union, an `any` or a plain array.
 *
 * @param value the whole structure, earlier updates merged in
 * @param array the pixel array that came with it
 * @param maxBytes the largest image to take, unpacked
 * @returns what the array's first `byteLength` bytes are
 * @throws ImageFault `codec`, `sample-type`, `colour-mode`, `dimension`, `size` or `limit`, with the numbers
 */
export function imageOf(value: StructureValue, array: PixelArray, maxBytes = Infinity): Image {
  const sizes = dimensionSizes(value);
  checkDimensions(sizes, array.count);
  const packing = packingOf(value, array, product(sizes));
  const samples = samplesOf(packing);
  const layout = layoutOf(sizes, numberAttribute(value, "ColorMode"), samples);
  checkYuv(layout, packing);
  checkSize(sizes, layout, packing, maxBytes);
  const axes = elements(value, "dimension");
  const { width, height, colourMode, planes } = layout;
  const axisX = axisAt(axes, layout.x);
  const axisY = axisAt(axes, layout.y);
  const reversed = { ...(axisX?.reverse && { reverseX: true }), ...(axisY?.reverse && { reverseY: true }) };
  const mosaic =
    colourMode === "bayer" ? { bayer: bayerAt(numberAttribute(value, "BayerPattern"), axisX, axisY) } : {};
  const packed = packing.codec === "none" ? {} : { codec: packing.codec };
  const stacked = planes > 1 ? { planes } : {};
  const { sampleType, byteLength } = packing;
  return { width, height, colourMode, sampleType, byteLength, ...stacked, ...mosaic, ...packed, ...reversed };
}

/** Sizes of all dimensions as sent, null elements left out; NaN where an element has no integer `size`. */
export function dimensionSizes(value: StructureValue): readonly number[] {
  return elements(value, "dimension").map((dimension) => integerOf(dimension.field("size")) ?? NaN);
}

/**
 * An attribute that is a number, undefined where there is none. Integers of any width, and the enum structure that QSRV
 * makes of an mbbi record.
 */
function numberAttribute(value: StructureValue, name: "ColorMode" | "BayerPattern"): number | undefined {
  const attribute = elements(value, "attribute").find((candidate) => candidate.field("name") === name);
  const sent = attribute?.field("value");
  const inner = sent instanceof AnyValue || sent instanceof UnionValue ? sent.value : sent;
  return integerOf(inner instanceof StructureValue ? inner.field("index") : inner);
}

function axisAt(dimensions: readonly StructureValue[], index: number | undefined): Axis | undefined {
  const dimension = dimensions[index ?? -1];
  if (dimension === undefined) return undefined;
  return {
    size: integerOf(dimension.field("size")) ?? 1,
    offset: integerOf(dimension.field("offset")) ?? 0,
    reverse: dimension.field("reverse") === true,
  };
}

function elements(value: StructureValue, field: string): readonly StructureValue[] {
  const array = value.field(field);
  if (!Array.isArray(array)) return [];
  return (array as readonly unknown[]).filter((element) => element instanceof StructureValue);
}

function checkDimensions(sizes: readonly number[], count: number): void {
  if (sizes.length === 0 || sizes.length > MAX_DIMENSIONS) {
    throw new ImageFault(
      "bad-frame",
      "dimension",
      `An image of ${count} samples has ${sizes.length} dimensions; 1 to ${MAX_DIMENSIONS} make sense.`,
    );
  }
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw new ImageFault(
      "bad-frame",
      "dimension",
      `The sizes in ${shapeOf(sizes)} must be integers above 0.`,
    );
  }
}

/** Samples that the array holds, unpacked; undefined where its publisher does not tell. */
function samplesOf({ codec, byteLength, unpacked, sampleType }: Packing): number | undefined {
  const bytes = codec === "none" ? byteLength : unpacked;
  return bytes === undefined ? undefined : bytes / bytesPerSample(sampleType);
}

/** Only 8-bit YUV has a meaning (GenICam PFNC: YUV422_8, YUV411_8). */
function checkYuv({ colourMode }: Layout, { sampleType }: Packing): void {
  if (!colourMode.startsWith("yuv") || bytesPerSample(sampleType) === 1) return;
  const message = `ColorMode says ${colourMode}, which has samples of one byte, but these are ${sampleType}.`;
  throw new ImageFault("not-an-image", "colour-mode", message);
}

/** A JPEG's own header tells what it becomes; all others must become what the dimensions say. */
function checkSize(sizes: readonly number[], layout: Layout, packing: Packing, maxBytes: number): void {
  const { codec, sampleType } = packing;
  const samples = samplesOf(packing);
  const { width, height, colourMode, planes } = layout;
  const announced = (width / pixelsPerGroup(colourMode)) * samplesPerGroup(colourMode) * height * planes;
  const bytes = announced * bytesPerSample(sampleType);
  if (bytes > maxBytes) {
    const message = `${shapeOf(sizes)} makes ${bytes} bytes, more than the limit of ${maxBytes}.`;
    throw new ImageFault("bad-frame", "limit", message);
  }
  if (codec === "jpeg" || samples === undefined || announced === samples) return;
  const [have, need] = [samples, announced].map((count) => count * bytesPerSample(sampleType));
  const held = codec === "none" ? "has" : "unpacks to";
  throw new ImageFault(
    "bad-frame",
    "size",
    `The array ${held} ${have} bytes, but ${shapeOf(sizes)} makes ${need}.`,
  );
}

function shapeOf(sizes: readonly number[]): string {
  return `dimension [${sizes.slice(0, MAX_DIMENSIONS).join(", ")}${sizes.length > MAX_DIMENSIONS ? ", …" : ""}]`;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

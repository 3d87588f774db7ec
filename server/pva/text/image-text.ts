import { SCALAR_TYPES } from "../data/scalar-types.ts";
import {
  AnyValue,
  ArrayElsewhere,
  ArrayInParts,
  StructureValue,
  UnionValue,
  type Value,
} from "../data/value.ts";
import { quoted } from "./printable.ts";
import { timeOf, timeText } from "./time-text.ts";
import { alarmText } from "./value-text.ts";

/** Dimensions shown; an NDArray has at most ten. */
const SHOWN_DIMENSIONS = 10;

/** NDColorMode_t (ADCore, NDArray.h), by number. */
const COLOUR_MODES = ["mono", "bayer", "rgb1", "rgb2", "rgb3", "yuv444", "yuv422", "yuv411"];

/** Which arrays hold which samples, in words that say their width. */
const SAMPLES = [
  [Int8Array, "int8"],
  [Uint8Array, "uint8"],
  [Int16Array, "int16"],
  [Uint16Array, "uint16"],
  [Int32Array, "int32"],
  [Uint32Array, "uint32"],
  [BigInt64Array, "int64"],
  [BigUint64Array, "uint64"],
  [Float32Array, "float32"],
  [Float64Array, "float64"],
] as const;

type Pixels = InstanceType<(typeof SAMPLES)[number][0]>;
/** Samples that are not in the value. */
type Elsewhere = ArrayElsewhere | ArrayInParts;

/**
 * An image on one line instead of its thousands of numbers: size, samples, colour mode, codec, uniqueId, bytes, smallest
 * and largest sample, times, age, alarm. Fields are found by name and judged by type, so that NTNDArrays of every stack
 * and groups that look like one will do; what is missing is left out.
 *
 *     640 × 480 uint8 mono, uniqueId 17, 307200 bytes, pixels 0 … 255, 2026-01-31 23:59:59.123 (0.02 s ago)
 *
 * @param now POSIX milliseconds, for the age
 * @returns undefined where the value is no image: no `dimension`, or no numbers in `value`
 */
export function imageText(value: StructureValue, now: number): string | undefined {
  const pixels = unwrapped(value.field("value"));
  const sizes = dimensionsOf(value);
  if (sizes === undefined || !isPixelsOrNothing(pixels)) return undefined;
  const alarm = alarmText(value);
  const words = [
    `${shapeText(sizes)} ${samplesText(pixels)}${colourText(value)}`.trim(),
    codecText(value, pixels),
    numberField(value, "uniqueId"),
    bytesText(value, pixels),
    rangeText(value, pixels),
    timesText(value, now),
  ];
  return words.filter((word) => word !== "").join(", ") + (alarm === "" ? "" : `  ${alarm}`);
}

/** Unions and `any` may hold one another. */
function unwrapped(value: Value | undefined): Value | undefined {
  let inner = value;
  while (inner instanceof UnionValue || inner instanceof AnyValue) inner = inner.value;
  return inner;
}

function isPixels(value: Value | undefined): value is Pixels {
  return ArrayBuffer.isView(value);
}

function isElsewhere(value: Value | undefined): value is Elsewhere {
  return value instanceof ArrayElsewhere || value instanceof ArrayInParts;
}

/** No pixels yet is what a camera says that has not started: nothing selected. */
function isPixelsOrNothing(value: Value | undefined): value is Pixels | Elsewhere | undefined {
  return value === undefined || isElsewhere(value) || isPixels(value);
}

function dimensionsOf(value: StructureValue): readonly number[] | undefined {
  const type = value.type.members[value.type.indexOf.get("dimension") ?? -1]?.type;
  if (type?.kind !== "structure-array" || !value.type.indexOf.has("value")) return undefined;
  const dimensions = value.field("dimension") as readonly (StructureValue | null)[];
  return dimensions.map((dimension) => Number(dimension?.field("size") ?? Number.NaN));
}

/** dimension[0] varies fastest: width first. */
function shapeText(sizes: readonly number[]): string {
  if (sizes.length === 0) return "no dimensions";
  const more = sizes.length > SHOWN_DIMENSIONS ? ` × … (${sizes.length} dimensions)` : "";
  return sizes.slice(0, SHOWN_DIMENSIONS).join(" × ") + more;
}

function samplesText(pixels: Pixels | Elsewhere | undefined): string {
  if (pixels === undefined) return "no pixels";
  if (isElsewhere(pixels)) return `${pixels.count} samples`;
  return SAMPLES.find(([type]) => pixels instanceof type)?.[1] ?? "";
}

function colourText(value: StructureValue): string {
  const attributes = value.field("attribute");
  if (!Array.isArray(attributes)) return "";
  const isColour = (each: unknown): boolean =>
    each instanceof StructureValue && each.field("name") === "ColorMode";
  const sent = unwrapped(
    ((attributes as readonly unknown[]).find(isColour) as StructureValue | undefined)?.field("value"),
  );
  const mode = sent instanceof StructureValue ? sent.field("index") : sent;
  if (typeof mode !== "number" && typeof mode !== "bigint") return "";
  return ` ${COLOUR_MODES[Number(mode)] ?? `ColorMode ${mode}`}`;
}

function codecOf(value: StructureValue): string {
  const name = value.field("codec.name");
  return typeof name === "string" ? name : "";
}

/** The codec, and what comes out of it: `codec.parameters` holds the number of a scalar type. */
function codecText(value: StructureValue, pixels: Pixels | Elsewhere | undefined): string {
  const name = codecOf(value);
  if (name === "" || pixels === undefined) return "";
  const type = SCALAR_TYPES[Number(unwrapped(value.field("codec.parameters")))];
  return `codec ${quoted(name)}${type === undefined ? "" : ` of ${type}`}`;
}

function numberField(value: StructureValue, name: string): string {
  const number = value.field(name);
  return typeof number === "number" || typeof number === "bigint" ? `${name} ${number}` : "";
}

function bytesText(value: StructureValue, pixels: Pixels | Elsewhere | undefined): string {
  if (!isPixels(pixels)) return "";
  const whole = value.field("uncompressedSize");
  const raw = codecOf(value) !== "" && typeof whole === "bigint" ? ` of ${whole} uncompressed` : "";
  return `${pixels.byteLength} bytes${raw}`;
}

/** Compressed bytes are no samples; NaN is in no range. */
function rangeText(value: StructureValue, pixels: Pixels | Elsewhere | undefined): string {
  if (!isPixels(pixels) || codecOf(value) !== "" || pixels.length === 0) return "";
  let low: number | bigint = Infinity;
  let high: number | bigint = -Infinity;
  for (const sample of pixels) {
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  return low > high ? "no pixel is a number" : `pixels ${low} … ${high}`;
}

function timesText(value: StructureValue, now: number): string {
  const time = timeOf(value.field("timeStamp"));
  const taken = timeOf(value.field("dataTimeStamp"));
  const age = (then: number): string => `(${((now - then) / 1000).toFixed(3)} s ago)`;
  return [
    time === undefined ? "" : `${timeText(time)} ${age(time)}`,
    taken === undefined ? "" : `camera ${timeText(taken)} ${age(taken)}`,
  ]
    .filter((word) => word !== "")
    .join(", ");
}

import { expect, test } from "bun:test";
import { buildStructure, type Plain } from "../../../server/pva/data/build-value.ts";
import {
  anyType,
  scalar,
  scalarArray,
  structure,
  structureArray,
} from "../../../server/pva/data/type-description.ts";
import { AnyValue, ArrayElsewhere } from "../../../server/pva/data/value.ts";
import { NTNDARRAY_NDPLUGINPVA, NTNDARRAY_PVXS } from "../../../server/pva/nt/nt-ndarray.ts";
import { ntScalar } from "../../../server/pva/nt/nt-scalar.ts";
import { imageText } from "../../../server/pva/text/image-text.ts";

const dimension = [3, 2].map((size) => ({ size }));

function colour(mode: number): Plain {
  return [{ name: "ColorMode", value: new AnyValue(scalar("int"), mode) }];
}

test.each([
  ["NDPluginPva's", NTNDARRAY_NDPLUGINPVA],
  ["pvxs's", NTNDARRAY_PVXS],
] as const)("an image in %s layout is told on one line", (_, type) => {
  const image = buildStructure(type, {
    value: { ushortValue: new Uint16Array([5, 7, 65535, 8, 9, 10]) },
    dimension,
    attribute: colour(0),
    uniqueId: 17,
    alarm: { severity: 1, message: "late" },
  });
  expect(imageText(image, 0)).toBe("3 × 2 uint16 mono, uniqueId 17, 12 bytes, pixels 5 … 65535  MINOR late");
});

test("times are told with their age", () => {
  const image = buildStructure(NTNDARRAY_PVXS, {
    timeStamp: { secondsPastEpoch: 1_700_000_000, nanoseconds: 250_000_000 },
    dataTimeStamp: { secondsPastEpoch: 1_700_000_000 },
  });
  const text = imageText(image, 1_700_000_001_000);
  expect(text).toMatch(/:20\.250 \(0\.750 s ago\), camera .*:20\.000 \(1\.000 s ago\)$/);
});

test("pixels in an any, as in a group of QSRV, are found too", () => {
  const type = structure("", [
    { name: "value", type: anyType() },
    { name: "dimension", type: structureArray(structure("", [{ name: "size", type: scalar("int") }])) },
  ]);
  const value = new AnyValue(scalarArray("float"), new Float32Array([Number.NaN, 1, -2]));
  expect(imageText(buildStructure(type, { value, dimension: [{ size: 3 }] }), 0)).toBe(
    "3 float32, 12 bytes, pixels -2 … 1",
  );
});

test("of compressed images the codec and both sizes are told, and no range", () => {
  const image = buildStructure(NTNDARRAY_PVXS, {
    value: { ubyteValue: new Uint8Array(4) },
    codec: { name: "lz4\n", parameters: new AnyValue(scalar("int"), 6) },
    uncompressedSize: 12,
    dimension,
    attribute: colour(99),
  });
  expect(imageText(image, 0)).toBe(
    '3 × 2 uint8 ColorMode 99, codec "lz4\\n" of ushort, uniqueId 0, 4 bytes of 12 uncompressed',
  );
});

test("64-bit samples keep all their digits, and nothing is made of NaN alone", () => {
  const of = (value: Plain): string =>
    imageText(buildStructure(NTNDARRAY_PVXS, { value, dimension: [{ size: 1 }] }), 0)!;
  expect(of({ ulongValue: new BigUint64Array([2n ** 64n - 1n]) })).toContain(
    "pixels 18446744073709551615 … 18446744073709551615",
  );
  expect(of({ doubleValue: new Float64Array([Number.NaN]) })).toContain("no pixel is a number");
});

test("a camera without an image yet is an image without pixels", () => {
  expect(imageText(buildStructure(NTNDARRAY_PVXS, {}), 0)).toBe("no dimensions no pixels, uniqueId 0");
});

test("an array that went elsewhere is counted, and an unheard-of number of dimensions shortened", () => {
  const image = buildStructure(NTNDARRAY_PVXS, { dimension: Array.from({ length: 11 }, () => null) });
  const text = imageText(image.withMember(0, new ArrayElsewhere(6)), 0);
  expect(text).toStartWith(
    "NaN × NaN × NaN × NaN × NaN × NaN × NaN × NaN × NaN × NaN × … (11 dimensions) 6 samples",
  );
});

test("what has no dimensions, or no numbers as value, is no image", () => {
  expect(imageText(buildStructure(ntScalar("double"), {}), 0)).toBeUndefined();
  const words = buildStructure(NTNDARRAY_PVXS, { value: { booleanValue: [true] } });
  expect(imageText(words, 0)).toBeUndefined();
});

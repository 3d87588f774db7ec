import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { bytesPerSample, frameBytes, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { dimensionSizes, imageOf } from "../../server/source/from-ndarray.ts";
import { ImageFault } from "../../server/source/fault.ts";
import { buildStructure, NTNDARRAY_PVXS, type NumericType } from "../../server/pva/index.ts";
import {
  ARRAYS,
  type ArrayWords,
  type ColorModeForm,
  LAYOUTS,
  ndarray,
  NUMERIC_TYPES,
  ramp,
} from "./build-ndarray.ts";

function read(words: ArrayWords, layout: (typeof LAYOUTS)[number] = "pvxs"): ReturnType<typeof imageOf> {
  return imageOf(ndarray(layout, words), { elementType: words.type, count: words.samples.length });
}

function faultOf(words: ArrayWords): ImageFault {
  try {
    read(words);
  } catch (error) {
    if (error instanceof ImageFault) return error;
    throw error;
  }
  throw new Error("An image was read where a fault should be.");
}

const EXPECTED_SAMPLE: Record<NumericType, string> = {
  byte: "int8",
  ubyte: "uint8",
  short: "int16",
  ushort: "uint16",
  int: "int32",
  uint: "uint32",
  long: "int64",
  ulong: "uint64",
  float: "float32",
  double: "float64",
};

describe.each(LAYOUTS)("an array as %s publishes it", (layout) => {
  test.each(NUMERIC_TYPES)("of %s is read as a picture of that sample type", (type) => {
    const shape = read({ type, samples: ramp(type, 12), sizes: [4, 3], colorMode: 0 }, layout);
    expect(shape as unknown).toEqual({
      width: 4,
      height: 3,
      sampleType: EXPECTED_SAMPLE[type],
      colourMode: "mono",
      byteLength: 12 * ARRAYS[type].BYTES_PER_ELEMENT,
    });
  });

  test("in RGB1 has its colour dimension first", () => {
    const shape = read(
      { type: "ushort", samples: ramp("ushort", 60), sizes: [3, 5, 4], colorMode: 2 },
      layout,
    );
    expect(shape).toMatchObject({ width: 5, height: 4, sampleType: "uint16", colourMode: "rgb1" });
  });

  test("with null elements among its dimensions and attributes is read without them", () => {
    const shape = read(
      { type: "ubyte", samples: ramp("ubyte", 60), sizes: [5, 4, 3], colorMode: 4, holes: true },
      layout,
    );
    expect(shape).toMatchObject({ width: 5, height: 4, sampleType: "uint8", colourMode: "rgb3" });
  });
});

test.each<ColorModeForm>(["byte", "short", "int", "long", "ushort", "uint", "enum"])(
  "the ColorMode attribute is understood as %s",
  (colorModeAs) => {
    // [3, 3, 2] is RGB1 unless ColorMode says RGB2, so a mode that is not understood shows.
    const shape = read({
      type: "ubyte",
      samples: ramp("ubyte", 18),
      sizes: [3, 3, 2],
      colorMode: 3,
      colorModeAs,
    });
    expect(shape.colourMode).toBe("rgb2");
  },
);

test("a codec nobody knows is a fault that names it and those that are known", () => {
  const fault = faultOf({ type: "ubyte", samples: ramp("ubyte", 5), sizes: [4, 3], codec: "szip" });
  expect(fault).toMatchObject({ code: "not-an-image", kind: "codec" });
  expect(fault.message).toContain('"szip"');
  expect(fault.message).toContain("bslz4");
});

describe("a compressed array", () => {
  const packed = { type: "ubyte", samples: ramp("ubyte", 100), sizes: [4, 3], codec: "lz4" } as const;

  test.each([
    ["ScalarType of ushort", 6, 24, "uint16"],
    ["ScalarType in 64 bits", 6n, 24, "uint16"],
    ["ScalarType of short, whose number NDDataType_t has for another type of that size", 2, 24, "int16"],
    ["NDDataType_t of UInt16, which as ScalarType would be four bytes wide", 3, 24, "uint16"],
    ["ScalarType of double", 10, 96, "float64"],
    ["a number without meaning, two bytes a sample", 77, 24, "uint16"],
    ["no number, one byte a sample", undefined, 12, "uint8"],
    ["no number, four bytes a sample", undefined, 48, "uint32"],
    ["ScalarType and no size", 7, 0, "uint32"],
  ] as const)("has the sample type of its parameters: %s", (_, typeCode, uncompressedSize, sampleType) => {
    expect(read({ ...packed, typeCode, uncompressedSize })).toMatchObject({
      width: 4,
      height: 3,
      sampleType,
      codec: "lz4",
    });
  });

  test("counts as many of its bytes as its publisher says", () => {
    const words = { ...packed, typeCode: 5, uncompressedSize: 12 };
    expect(read({ ...words, compressedSize: 60 }).byteLength).toBe(60);
    expect(read(words).byteLength).toBe(100);
    expect(read({ ...words, compressedSize: 1000 }).byteLength).toBe(100);
  });

  test.each([
    ["nothing tells its type", { typeCode: undefined, uncompressedSize: 0 }, "sample-type"],
    ["its samples would have no size there is", { typeCode: 77, uncompressedSize: 36 }, "sample-type"],
    ["it becomes more than its dimensions make", { typeCode: 5, uncompressedSize: 13 }, "sample-type"],
  ] as const)("is a fault where %s", (_, words, kind) => {
    expect(faultOf({ ...packed, ...words })).toMatchObject({ code: "bad-frame", kind });
  });

  test("beyond the limit is a fault with both numbers, whatever its packed size", () => {
    const value = ndarray("pvxs", { ...packed, sizes: [4000, 3000], typeCode: 6, uncompressedSize: 24e6 });
    expect(() => imageOf(value, { elementType: "ubyte", count: 100 }, 1e6)).toThrow(
      expect.objectContaining({
        kind: "limit",
        message: expect.stringMatching(/24000000.*1000000/) as string,
      }),
    );
  });

  test("as JPEG tells its own size, so that nothing else is asked", () => {
    expect(read({ ...packed, codec: "jpeg", typeCode: 5, uncompressedSize: 12 })).toMatchObject({
      codec: "jpeg",
      sampleType: "uint8",
    });
  });

  test.each([
    ["nothing", undefined, 0, "uint8"],
    ["a size of another layout", undefined, 36, "uint8"],
    ["a wider type", 6, 24, "uint8"],
    ["int8", 1, 0, "int8"],
  ] as const)("as JPEG has samples of one byte, where its publisher tells %s", (_, typeCode, size, type) => {
    const words = { ...packed, codec: "jpeg", typeCode, uncompressedSize: size };
    expect(read(words).sampleType).toBe(type);
  });
});

describe("the Bayer pattern at the first pixel", () => {
  const mosaic = { type: "ubyte", samples: ramp("ubyte", 48), sizes: [8, 6], colorMode: 1 } as const;

  test.each([
    [0, "rggb"],
    [1, "gbrg"],
    [2, "grbg"],
    [3, "bggr"],
    [undefined, "rggb"],
    [9, "rggb"],
  ] as const)("is that of BayerPattern %p where the whole sensor is sent", (bayer, pattern) => {
    expect(read({ ...mosaic, ...(bayer !== undefined && { bayer }) })).toMatchObject({
      colourMode: "bayer",
      bayer: pattern,
    });
  });

  test.each([
    [[1, 0], "grbg"],
    [[0, 1], "gbrg"],
    [[7, 5], "bggr"],
    [[2, 4], "rggb"],
  ])("moves with the offsets %p of a region of interest", (offsets, pattern) => {
    expect(read({ ...mosaic, bayer: 0, offsets }).bayer).toBe(pattern as "rggb");
  });

  test("turns with reversed axes, which are told, too", () => {
    const turned = read({ ...mosaic, bayer: 0, reverse: [true, false] });
    // Eight columns: the first pixel is column 7 of the sensor, a green one.
    expect(turned).toMatchObject({ bayer: "grbg", reverseX: true });
    expect(turned.reverseY).toBeUndefined();
    expect(read({ ...mosaic, bayer: 0, reverse: [true, true], offsets: [1, 1] })).toMatchObject({
      bayer: "rggb",
      reverseX: true,
      reverseY: true,
    });
  });
});

test("YUV of more than a byte a sample is a fault that names both", () => {
  const fault = faultOf({ type: "double", samples: ramp("double", 6), sizes: [6], colorMode: 7 });
  expect(fault).toMatchObject({ code: "not-an-image", kind: "colour-mode" });
  expect(fault.message).toMatch(/yuv411.*float64/);
});

test("a stack has all its planes in its bytes", () => {
  expect(read({ type: "ushort", samples: ramp("ushort", 60), sizes: [4, 3, 5], colorMode: 0 })).toMatchObject(
    {
      width: 4,
      height: 3,
      planes: 5,
      byteLength: 120,
    },
  );
});

test("a codec name of any length makes a short message", () => {
  const fault = faultOf({
    type: "ubyte",
    samples: ramp("ubyte", 12),
    sizes: [4, 3],
    codec: "x".repeat(100_000),
  });
  expect(fault.message.length).toBeLessThan(200);
});

test("booleans are no pixels", () => {
  const value = ndarray("pvxs", { type: "ubyte", samples: ramp("ubyte", 12), sizes: [4, 3] });
  expect(() => imageOf(value, { elementType: "boolean", count: 12 })).toThrow(
    expect.objectContaining({ code: "not-an-image", kind: "sample-type" }),
  );
});

test("an array whose size is not what its dimensions make is a fault with both numbers", () => {
  const fault = faultOf({ type: "ushort", samples: ramp("ushort", 13), sizes: [4, 3] });
  expect(fault).toMatchObject({ code: "bad-frame", kind: "size" });
  expect(fault.message).toContain("26 bytes");
  expect(fault.message).toContain("24");
});

test.each([
  ["no dimensions", []],
  ["a size of 0", [0, 12]],
  ["a negative size that would make the product right", [-3, -4]],
  ["more dimensions than areaDetector has", [12, ...Array.from({ length: 10 }, () => 1)]],
])("%s is a fault", (_, sizes) => {
  expect(faultOf({ type: "ubyte", samples: ramp("ubyte", 12), sizes })).toMatchObject({
    code: "bad-frame",
    kind: "dimension",
  });
});

test("a dimension without a size is a fault", () => {
  const value = buildStructure(NTNDARRAY_PVXS, { dimension: [{}] });
  expect(dimensionSizes(value)).toEqual([0]);
  expect(() => imageOf(value, { elementType: "ubyte", count: 1 })).toThrow(ImageFault);
});

test("whatever the dimensions say, the picture lies inside the array", () => {
  const size = fc.oneof(fc.integer({ min: -2, max: 7 }), fc.constantFrom(2 ** 31 - 1, -(2 ** 31), 65536));
  fc.assert(
    fc.property(
      fc.array(size, { maxLength: 12 }),
      fc.option(fc.integer({ min: -1, max: 9 }), { nil: undefined }),
      fc.constantFrom(...NUMERIC_TYPES),
      fc.boolean(),
      (sizes, colorMode, type, fitting) => {
        const product = sizes.reduce((all, one) => all * one, 1);
        const count = fitting && product > 0 && product < 20_000 ? product : 24;
        const value = ndarray("pvxs", { type, samples: ramp(type, 0), sizes, colorMode });
        try {
          const shape = imageOf(value, { elementType: type, count });
          expect(frameBytes(shape)).toBe(count * bytesPerSample(shape.sampleType));
          expect(shape.byteLength).toBe(frameBytes(shape));
          expect(SAMPLE_TYPES).toContain(shape.sampleType);
        } catch (error) {
          expect(error).toBeInstanceOf(ImageFault);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

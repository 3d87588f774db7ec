import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { bytesPerSample, frameBytes, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { dimensionSizes, imageOf } from "../../server/source/from-ndarray.ts";
import { ImageFault } from "../../server/source/fault.ts";
import { buildStructure, NTNDARRAY_PVXS, type NumericType } from "../../server/pva/index.ts";
import {
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
    });
  });

  test("in RGB1 has its colour dimension first", () => {
    const shape = read(
      { type: "ushort", samples: ramp("ushort", 60), sizes: [3, 5, 4], colorMode: 2 },
      layout,
    );
    expect(shape).toEqual({ width: 5, height: 4, sampleType: "uint16", colourMode: "rgb1" });
  });

  test("with null elements among its dimensions and attributes is read without them", () => {
    const shape = read(
      { type: "ubyte", samples: ramp("ubyte", 60), sizes: [5, 4, 3], colorMode: 4, holes: true },
      layout,
    );
    expect(shape).toEqual({ width: 5, height: 4, sampleType: "uint8", colourMode: "rgb3" });
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

test("a codec is a fault that names it, for compressed images are not understood yet", () => {
  const fault = faultOf({ type: "ubyte", samples: ramp("ubyte", 5), sizes: [4, 3], codec: "bslz4" });
  expect(fault).toMatchObject({ code: "not-an-image", kind: "codec" });
  expect(fault.message).toContain('"bslz4"');
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
          expect(frameBytes(shape)).toBeLessThanOrEqual(count * bytesPerSample(shape.sampleType));
          expect(SAMPLE_TYPES).toContain(shape.sampleType);
        } catch (error) {
          expect(error).toBeInstanceOf(ImageFault);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

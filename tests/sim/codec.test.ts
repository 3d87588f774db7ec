import { describe, expect, test } from "bun:test";
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { AnyValue, ArrayInParts, type Plain } from "../../server/pva/index.ts";
import { parseCameraName } from "../../server/sim/camera-name.ts";
import { codecName, compressorFor } from "../../server/sim/codec/compress.ts";
import { compressLz4 } from "../../server/sim/codec/lz4.ts";
import { compressBlosc } from "../../server/sim/codec/blosc.ts";
import { compressBslz4, compressLz4Hdf5 } from "../../server/sim/codec/bslz4.ts";
import { ndarrayOf } from "../../server/sim/ndarray.ts";
import { PictureRing } from "../../server/sim/picture-ring.ts";
import { CODECS } from "../../server/sim/vocabulary.ts";
import { Core } from "../../wasm/core/index.ts";
import { readBlosc, readBslz4, readLz4, readLz4Hdf5 } from "./read-codec.ts";

const core = await Core.load();

/** Runs of few values between noise: what compresses and what does not, in one. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(255), fc.nat(3000)).map(([value, length]) => new Uint8Array(length).fill(value)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

const elementBytes = fc.constantFrom(1, 2, 4, 8);

describe("the codecs of simulated cameras", () => {
  test("LZ4 blocks give back what went in, and shrink what repeats", () => {
    fc.assert(
      fc.property(bytes, (input) => expect(readLz4(compressLz4(input), input.length)).toEqual(input)),
    );
    const zeros = new Uint8Array(1_000_000);
    expect(compressLz4(zeros).length).toBeLessThan(4000);
    // The farthest distance the format can say, and one more.
    for (const gap of [65531, 65532]) {
      const far = Uint8Array.from({ length: gap + 40 }, (_, i) => (Math.imul(i, i + 77) >> 3) & 255);
      far.copyWithin(gap, 0, 4);
      expect(readLz4(compressLz4(far), far.length)).toEqual(far);
    }
  });

  test("bitshuffle and the HDF5 form of LZ4 give back what went in", () => {
    fc.assert(
      fc.property(bytes, elementBytes, (input, size) => {
        const whole = input.subarray(0, input.length - (input.length % size));
        expect(readBslz4(compressBslz4(whole, size), size, whole.length)).toEqual(whole);
        expect(readLz4Hdf5(compressLz4Hdf5(input, 1000))).toEqual(input);
      }),
    );
  });

  test.each(["lz4", "zlib", "zstd"] as const)("Blosc frames with %s give back what went in", (inner) => {
    fc.assert(
      fc.property(bytes, elementBytes, (input, size) =>
        expect(readBlosc(compressBlosc(input, size, inner))).toEqual(input),
      ),
      { numRuns: 40 },
    );
    const blocks = Uint8Array.from({ length: 700_001 }, (_, i) => (i >> 8) & 255);
    expect(readBlosc(compressBlosc(blocks, 4, inner))).toEqual(blocks);
  });

  test.each(CODECS.filter((codec) => codec !== "none" && codec !== "jpeg"))(
    "a camera with %s sends bytes that are its frame",
    (codec) => {
      const spec = parseCameraName(`SIM:diffraction:200x100:int32:${codec}`);
      const pixels = frameOf(spec);
      const packed = compressorFor(spec, core)!(pixels);
      expect(packed.length).toBeLessThan(pixels.length);
      const read = {
        zlib: () => new Uint8Array(inflateSync(packed)),
        lz4: () => readLz4(packed, pixels.length),
        lz4hdf5: () => readLz4Hdf5(packed),
        bslz4: () => readBslz4(packed, 4, pixels.length),
        blosc: () => readBlosc(packed),
      }[codecName(codec)]!;
      expect(read()).toEqual(new Uint8Array(pixels));
    },
  );

  test("a camera with jpeg sends the file of its picture, grey or colour", () => {
    for (const [colour, components] of [
      ["mono", 1],
      ["rgb1", 3],
      ["rgb3", 3],
    ] as const) {
      const spec = parseCameraName(`SIM:bars:96x64:${colour}:jpeg`);
      const file = compressorFor(spec, core)!(frameOf(spec));
      const start = Buffer.from(file).indexOf(Uint8Array.of(0xff, 0xc0));
      const header = new DataView(file.buffer, file.byteOffset + start);
      expect([header.getUint16(5), header.getUint16(7), header.getUint8(9)]).toEqual([64, 96, components]);
    }
  });

  test("an array tells what it was before it was compressed", () => {
    const spec = parseCameraName("SIM:noise:64x32:uint16:bslz4");
    const array = ndarrayOf(spec, [new Uint8Array(777)], 1, 0) as Record<string, Plain>;
    const value = array["value"] as Record<string, ArrayInParts>;
    expect(value["ubyteValue"]?.parts[0]?.length).toBe(777);
    expect(array["compressedSize"]).toBe(777);
    expect(array["uncompressedSize"]).toBe(64 * 32 * 2);
    const codec = array["codec"] as Record<string, unknown>;
    expect(codec["name"]).toBe("bslz4");
    // ScalarType of ushort (pvData's pvIntrospect.h).
    expect((codec["parameters"] as AnyValue).value).toBe(6);
  });
});

/** A Buffer, as a camera hands it over: its slices share memory. */
function frameOf(spec: Parameters<typeof compressorFor>[0]): Uint8Array {
  const ring = new PictureRing(spec);
  ring.draw(() => ring.ready < 1);
  return Buffer.concat(ring.frame(1));
}

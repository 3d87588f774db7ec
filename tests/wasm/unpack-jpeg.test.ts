import { describe, expect, test } from "bun:test";
import { JpegDecoder as ServerDecoder } from "../../server/encode/jpeg-decoder.ts";
import { UnpackError } from "../../wasm/core/index.ts";
import { endsWithEoi, readJpegHeader } from "../../wasm/core/jpeg-header.ts";
import type { DecodedJpeg, FrameMode, SampleType } from "../../wasm/core/index.ts";
import { unpackJpeg } from "../../wasm/core/unpack-jpeg.ts";
import type { JpegDecoder } from "../../wasm/core/unpack-jpeg.ts";
import { BUILDS } from "./both-builds.ts";
import { xorshift } from "./sample-sets.ts";
import { UnpackBench } from "./unpack-runner.ts";
import { pictureVectors } from "./unpack-vectors.ts";

const PICTURES = await pictureVectors();
const decoder = await ServerDecoder.load();
const decodeJpeg: JpegDecoder = (file) => decoder.decode(file);

function named(name: string): (typeof PICTURES)[number] {
  const found = PICTURES.find((picture) => picture.name === name);
  if (found === undefined) throw new Error(`no picture ${name}`);
  return found;
}

function errorOf(task: () => unknown): UnpackError {
  try {
    task();
  } catch (error) {
    if (error instanceof UnpackError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the header of a JPEG file", () => {
  test("tells size, components, bits and coding of what Pillow wrote", () => {
    for (const { name, width, height, components, payload } of PICTURES) {
      const coding = name.startsWith("progressive") ? "progressive" : "baseline";
      expect(readJpegHeader(payload)).toEqual({ width, height, components, precision: 8, coding });
      expect(endsWithEoi(payload)).toBe(true);
    }
  });

  test("is found behind fill bytes and long segments, and read from views at odd places", () => {
    const { payload, width } = named("grey");
    const comment = [0xff, 0xfe, 0x10, 0x02, ...Array<number>(0x1000).fill(0xff)];
    const longer = new Uint8Array([1, 0xff, 0xd8, 0xff, 0xff, ...comment, ...payload.subarray(2)]);
    expect(readJpegHeader(longer.subarray(1)).width).toBe(width);
  });

  test("is refused when it is cut anywhere before its last byte, with the place", () => {
    const { payload } = named("colour 4:2:0");
    const marker = payload.findIndex((byte, at) => byte === 0xff && payload[at + 1] === 0xc0);
    for (let length = 0; length < marker + 19; length++) {
      const error = errorOf(() => readJpegHeader(payload.subarray(0, length)));
      expect(error).toMatchObject({ code: "truncated", codec: "jpeg" });
      expect(error.offset).toBeLessThan(marker + 19);
    }
    expect(readJpegHeader(payload.subarray(0, marker + 19)).components).toBe(3);
  });

  test.each([
    ["no JPEG", [0x89, 0x50, 0x4e, 0x47], 0],
    ["no marker", [0xff, 0xd8, 0x12, 0xc0, 0, 0], 2],
    ["pixels before a frame header", [0xff, 0xd8, 0xff, 0xda, 0, 4, 0, 0], 2],
    ["a segment shorter than its length", [0xff, 0xd8, 0xff, 0xe0, 0, 1, 0, 0], 4],
    ["a frame header too short", [0xff, 0xd8, 0xff, 0xc0, 0, 7, 8, 0, 1, 0, 1], 4],
    ["a picture of 0 × 1", [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 1, 0, 0, 1, 1, 0x11, 0], 7],
  ] as const)("is refused as %s", (what, bytes, offset) => {
    const error = errorOf(() => readJpegHeader(new Uint8Array(bytes)));
    expect(error).toMatchObject({ code: "bad-header", codec: "jpeg", offset });
    expect(error.message).toContain(what);
  });

  test.each([
    ["TEM", 0x01],
    ["a restart marker", 0xd3],
    ["a stuffed byte", 0x00],
    ["a second SOI", 0xd8],
  ])("is refused where %s hides the header that decoders find from this one", (_, marker) => {
    // Without a length, decoders read on at FF C0 and find 2000 × 1500; as a length, FF C0 would lead to a small picture.
    const large = [0xff, 0xc0, 0, 11, 8, 0x05, 0xdc, 0x07, 0xd0, 1, 1, 0x11, 0];
    const small = [0xff, 0xc0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0];
    const file = new Uint8Array(4 + 0xffc0 + small.length);
    file.set([0xff, 0xd8, 0xff, marker, ...large]);
    file.set(small, 4 + 0xffc0);
    const error = errorOf(() => readJpegHeader(file));
    expect(error).toMatchObject({ code: "bad-header", codec: "jpeg", offset: 2, have: marker });
  });

  test("ends in a header or an UnpackError for twenty thousand mutated files", () => {
    const next = xorshift(7);
    for (let turn = 0; turn < 20_000; turn++) {
      const file = PICTURES[next() % PICTURES.length]!.payload.slice(0, next() % 300);
      for (let change = next() % 5; change > 0 && file.length > 0; change--) {
        file[next() % file.length] = next() % 3 === 0 ? 0xff : next() & 255;
      }
      try {
        expect(readJpegHeader(file).width).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof UnpackError)) throw error;
        expect(error.offset).toBeLessThanOrEqual(file.length);
      }
    }
  });

  test("does not call a file whole whose end is missing", () => {
    const { payload } = named("grey");
    expect(endsWithEoi(payload.subarray(0, payload.length - 1))).toBe(false);
    expect(endsWithEoi(new Uint8Array([...payload, 0, 0, 0]))).toBe(true);
    expect(endsWithEoi(new Uint8Array(5))).toBe(false);
  });
});

for (const build of BUILDS) {
  describe(`JPEG-coded frames, ${build} build`, () => {
    async function bench(): Promise<(name: string, mode: FrameMode, decoder?: JpegDecoder) => Decoded> {
      const { exports, memory } = await UnpackBench.of(build);
      return (name, colourMode, decoder) => {
        memory.startJob();
        const { width, height, payload } = named(name);
        const found = unpackJpeg(
          exports,
          memory,
          payload,
          { width, height, colourMode, sampleType: "uint8" },
          decoder,
        );
        expect(memory.intact).toBe(true);
        return { colourMode: found.colourMode, samples: memory.view(found.address, found.bytes) };
      };
    }
    interface Decoded {
      readonly colourMode: string;
      readonly samples: Uint8Array;
    }

    test("become the samples that libjpeg-turbo makes of them, within 2 levels", async () => {
      const unpackPicture = await bench();
      for (const { name, samples, components } of PICTURES.filter((picture) => picture.components < 4)) {
        const wanted = Buffer.from(samples, "hex");
        const found = unpackPicture(name, components === 1 ? "mono" : "rgb3", decodeJpeg);
        expect(found.colourMode).toBe(components === 1 ? "mono" : "rgb1");
        expect(found.samples.length).toBe(wanted.length);
        const worst = found.samples.reduce(
          (most, sample, at) => Math.max(most, Math.abs(sample - wanted[at]!)),
          0,
        );
        expect({ name, worst: worst <= 2 }).toEqual({ name, worst: true });
      }
    });

    test("keep the Bayer mode of a grey file, and are grey if the file is, whatever the frame says", async () => {
      const unpackPicture = await bench();
      expect(unpackPicture("grey", "bayer", decodeJpeg).colourMode).toBe("bayer");
      expect(unpackPicture("grey", "rgb1", decodeJpeg).colourMode).toBe("mono");
    });

    test("are refused before a decoder runs if the file is larger or more than the frame, or of four colours", async () => {
      const { exports, memory } = await UnpackBench.of(build);
      const never = (): DecodedJpeg => {
        throw new Error("the decoder ran");
      };
      const attempt = (
        name: string,
        width: number,
        height: number,
        colourMode: FrameMode,
        sampleType: SampleType = "uint8",
        planes = 1,
      ): UnpackError =>
        errorOf(() =>
          unpackJpeg(
            exports,
            memory,
            named(name).payload,
            { width, height, colourMode, sampleType, planes },
            never,
          ),
        );
      expect(attempt("grey", 17, 32, "mono")).toMatchObject({ code: "size-mismatch", have: 561, need: 544 });
      expect(attempt("colour 4:2:0", 17, 33, "mono")).toMatchObject({
        code: "size-mismatch",
        have: 3,
        need: 1,
      });
      expect(attempt("grey", 17, 33, "mono", "uint16")).toMatchObject({ code: "size-mismatch", need: 2 });
      expect(attempt("grey", 17, 33, "mono", "int8", 4)).toMatchObject({ code: "size-mismatch", need: 4 });
      expect(attempt("cmyk", 17, 33, "rgb1")).toMatchObject({ code: "bad-header", have: 4, need: 3 });
    });

    test("are refused where they are cut, with the place, and not where something follows their end", async () => {
      const { exports, memory } = await UnpackBench.of(build);
      const { payload, width, height } = named("grey");
      const shape = { width, height, colourMode: "mono", sampleType: "uint8" } as const;
      for (const length of [payload.length - 1, payload.length - 2, payload.length >> 1]) {
        const cut = payload.subarray(0, length);
        expect(errorOf(() => unpackJpeg(exports, memory, cut, shape, decodeJpeg))).toMatchObject({
          code: "truncated",
          codec: "jpeg",
          offset: length,
          have: 0,
          need: 2,
        });
      }
      const longer = new Uint8Array([...payload, 0, 0xff, 0xd9 ^ 1, 0xd9]);
      expect(unpackJpeg(exports, memory, longer, shape, decodeJpeg).bytes).toBe(width * height);
    });

    test("tell of a missing decoder, keep its error, and refuse an answer of another size", async () => {
      const unpackPicture = await bench();
      expect(errorOf(() => unpackPicture("grey", "mono")).code).toBe("no-decoder");
      const cause = new Error("corrupt");
      const failing = (): DecodedJpeg => {
        throw cause;
      };
      const error = errorOf(() => unpackPicture("grey", "mono", failing));
      expect(error).toMatchObject({ code: "bad-stream", codec: "jpeg" });
      expect(error.cause).toBe(cause);
      const small = (): DecodedJpeg => ({ width: 17, height: 33, data: new Uint8Array(8) });
      expect(errorOf(() => unpackPicture("grey", "mono", small))).toMatchObject({
        code: "bad-stream",
        have: 8,
        need: 4 * 17 * 33,
      });
    });
  });
}

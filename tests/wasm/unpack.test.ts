import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { UnpackError } from "../../wasm/core/unpack-error.ts";
import type { UnpackErrorCode } from "../../wasm/core/unpack-error.ts";
import { BUILDS } from "./both-builds.ts";
import { UnpackBench } from "./unpack-runner.ts";
import type { Wish } from "./unpack-runner.ts";
import { codecVectors } from "./unpack-vectors.ts";
import type { CodecVector } from "./unpack-vectors.ts";

const VECTORS = await codecVectors();

function wishOf(vector: CodecVector): Wish {
  const { codec, decodedBytes, sampleBytes: bytesPerSample } = vector;
  return { codec, decodedBytes, bytesPerSample };
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function named(name: string): CodecVector {
  const vector = VECTORS.find((candidate) => candidate.name === name);
  if (vector === undefined) throw new Error(`no vector ${name}`);
  return vector;
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

/** A copy with some bytes written over. */
function altered(payload: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = payload.slice();
  copy.set(bytes, at);
  return copy;
}

test("there are vectors of every codec, every stream format and shuffle of blosc, and every sample size", () => {
  const names = VECTORS.map(({ name }) => name).join("\n");
  for (const codec of ["lz4", "lz4hdf5", "bslz4", "blosc", "zlib"]) {
    const sizes = VECTORS.filter((vector) => vector.codec === codec).map(({ sampleBytes }) => sampleBytes);
    expect([...new Set(sizes)].toSorted()).toEqual([1, 2, 4, 8]);
  }
  for (const format of ["blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"]) {
    for (const shuffle of ["none", "byte", "bit"]) expect(names).toContain(`blosc ${format}, ${shuffle}`);
  }
});

for (const build of BUILDS) {
  describe(`unpacking, ${build} build`, () => {
    for (const atEdge of [undefined, 0, 1, 2]) {
      const where = atEdge === undefined ? "between fences" : `with region ${atEdge} at the edge of memory`;
      test(`gives back every byte that foreign writers packed, ${where}`, async () => {
        const bench = await UnpackBench.of(build);
        bench.memory.atEdge = atEdge;
        for (const vector of VECTORS) {
          const got = digest(bench.run(vector.payload, wishOf(vector)));
          expect({ name: vector.name, got }).toEqual({ name: vector.name, got: vector.sha256 });
          expect({ name: vector.name, intact: bench.memory.intact }).toEqual({
            name: vector.name,
            intact: true,
          });
          const most = vector.payload.length + 2 * vector.decodedBytes;
          expect(bench.memory.taken).toBeLessThanOrEqual(most);
        }
      });
    }

    test("refuses every vector that is cut, wherever, and whatever is declared wrongly", async () => {
      const bench = await UnpackBench.of(build);
      for (const vector of VECTORS.filter(({ payload }) => payload.length < 2000)) {
        const wish = wishOf(vector);
        const step = Math.max(1, Math.floor(vector.payload.length / 23));
        for (let length = 0; length < vector.payload.length; length += step) {
          const error = errorOf(() => bench.run(vector.payload.subarray(0, length), wish));
          expect(error.codec).toBe(vector.codec);
          expect(error.offset).toBeGreaterThanOrEqual(0);
          expect(error.offset).toBeLessThanOrEqual(length);
          expect(bench.memory.intact).toBe(true);
        }
        for (const more of [vector.sampleBytes, 64 * vector.sampleBytes]) {
          const found = errorOf(() =>
            bench.run(vector.payload, { ...wish, decodedBytes: vector.decodedBytes + more }),
          );
          expect(found.codec).toBe(vector.codec);
        }
      }
    });

    test("takes bytes behind a framed payload for nothing, as some servers send too many", async () => {
      const bench = await UnpackBench.of(build);
      for (const vector of VECTORS.filter(({ codec }) => ["bslz4", "lz4hdf5", "blosc"].includes(codec))) {
        const longer = new Uint8Array([...vector.payload, 1, 2, 3, 4, 5]);
        expect(digest(bench.run(longer, wishOf(vector)))).toBe(vector.sha256);
      }
    });

    const lies: readonly {
      readonly what: string;
      readonly codec: CodecVector["codec"];
      readonly payload: Uint8Array;
      readonly decodedBytes: number;
      readonly error: {
        readonly code: UnpackErrorCode;
        readonly offset: number;
        readonly have?: number;
        readonly need?: number;
      };
    }[] = [
      {
        what: "an LZ4 match from before the first byte",
        codec: "lz4",
        payload: new Uint8Array([0x10, 7, 2, 0, 0x50, 1, 2, 3, 4, 5]),
        decodedBytes: 10,
        error: { code: "bad-distance", offset: 2, have: 2, need: 1 },
      },
      {
        what: "an LZ4 match of no distance",
        codec: "lz4",
        payload: new Uint8Array([0x10, 7, 0, 0, 0x50, 1, 2, 3, 4, 5]),
        decodedBytes: 10,
        error: { code: "bad-distance", offset: 2, have: 0, need: 1 },
      },
      {
        what: "more LZ4 literals than there are",
        codec: "lz4",
        payload: new Uint8Array([0xf0, 5, 1, 2, 3]),
        decodedBytes: 100,
        error: { code: "truncated", offset: 2, have: 3, need: 20 },
      },
      {
        what: "an LZ4 length that would wrap around 32 bits",
        codec: "lz4",
        payload: new Uint8Array(300_000).fill(255),
        decodedBytes: 1000,
        error: { code: "too-long", offset: 0, need: 1000 },
      },
      {
        what: "a bslz4 block beyond the payload",
        codec: "bslz4",
        payload: new Uint8Array([0, 0, 1, 0, 1, 2, 3]),
        decodedBytes: 64,
        error: { code: "truncated", offset: 4, have: 3, need: 256 },
      },
      {
        what: "an lz4hdf5 header of another size",
        codec: "lz4hdf5",
        payload: new Uint8Array([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]),
        decodedBytes: 64,
        error: { code: "too-long", offset: 0, have: 2 ** 32, need: 64 },
      },
      {
        what: "lz4hdf5 blocks of no bytes",
        codec: "lz4hdf5",
        payload: new Uint8Array([0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0]),
        decodedBytes: 64,
        error: { code: "bad-header", offset: 12, have: 0, need: 1 },
      },
      {
        what: "a Blosc frame of another version",
        codec: "blosc",
        payload: altered(named("blosc of noise, plain").payload, 0, 5),
        decodedBytes: 1554,
        error: { code: "bad-header", offset: 0, have: 5, need: 2 },
      },
      {
        what: "a Blosc frame that announces more than is declared",
        codec: "blosc",
        payload: named("blosc of noise, plain").payload,
        decodedBytes: 1552,
        error: { code: "too-long", offset: 4, have: 1554, need: 1552 },
      },
      {
        what: "a Blosc frame of tiny blocks",
        codec: "blosc",
        payload: altered(named("blosc lz4, byte shuffle, 2 bytes").payload, 8, 1, 0, 0, 0),
        decodedBytes: 3602,
        error: { code: "bad-header", offset: 8, have: 1, need: 128 },
      },
      {
        what: "a Blosc block outside of the frame",
        codec: "blosc",
        payload: altered(named("blosc lz4, bit shuffle, 2 bytes").payload, 20, 0xff, 0xff, 0xff, 0x7f),
        decodedBytes: 3602,
        error: { code: "bad-offset", offset: 20, have: 0x7fffffff },
      },
      {
        what: "a Blosc frame in a format nobody wrote",
        codec: "blosc",
        payload: altered(named("blosc lz4, byte shuffle, 2 bytes").payload, 2, 0xe1),
        decodedBytes: 3602,
        error: { code: "bad-header", offset: 2, have: 7, need: 4 },
      },
      {
        what: "a Snappy literal of 4 GiB behind another, in a Blosc frame",
        codec: "blosc",
        payload: new Uint8Array([
          ...[2, 1, 0x50, 2, 0xe8, 3, 0, 0, 0xe8, 3, 0, 0, 34, 0, 0, 0], // one block of 1000 bytes, never split
          ...[20, 0, 0, 0, 10, 0, 0, 0],
          ...[0xe8, 7, 0, 9, 0xfc, 0xff, 0xff, 0xff, 0xff, 1],
        ]),
        decodedBytes: 1000,
        error: { code: "too-long", offset: 28, have: 2 ** 32 - 1, need: 1000 },
      },
      {
        what: "a zlib stream that becomes more than is declared",
        codec: "zlib",
        payload: named("zlib of noise").payload,
        decodedBytes: 500,
        error: { code: "bad-stream", offset: 0 },
      },
    ];
    for (const { what, codec, payload, decodedBytes, error } of lies) {
      test(`names place and numbers of ${what}`, async () => {
        const bench = await UnpackBench.of(build);
        const found = errorOf(() => bench.run(payload, { codec, decodedBytes, bytesPerSample: 2 }));
        expect(found).toMatchObject({ codec, ...error });
        expect(found.message).toContain(`${codec} data, byte ${error.offset}:`);
        expect(bench.memory.intact).toBe(true);
      });
    }

    test("says when a decoder from outside is missing, and for what", async () => {
      const bench = await UnpackBench.of(build);
      for (const [name, kind] of [
        ["blosc zlib, byte shuffle, 2 bytes", "zlib"],
        ["blosc zstd, byte shuffle, 2 bytes", "zstd"],
        ["zlib of 2 bytes", "zlib"],
      ] as const) {
        const vector = named(name);
        const found = errorOf(() => bench.run(vector.payload, { ...wishOf(vector), inflaters: {} }));
        expect(found).toMatchObject({ code: "no-decoder", codec: vector.codec });
        expect(found.message).toContain(kind);
      }
    });

    test("keeps the error of a decoder from outside, and holds its answer to the declared size", async () => {
      const bench = await UnpackBench.of(build);
      const vector = named("zlib of 2 bytes");
      const cause = new Error("bad checksum");
      const refusing = {
        zlib: () => {
          throw cause;
        },
      };
      const found = errorOf(() => bench.run(vector.payload, { ...wishOf(vector), inflaters: refusing }));
      expect(found).toMatchObject({ code: "bad-stream", offset: 0 });
      expect(found.cause).toBe(cause);
      for (const [size, code] of [
        [3, "too-short"],
        [9999, "too-long"],
      ] as const) {
        const inflaters = { zlib: () => new Uint8Array(size) };
        const wrong = errorOf(() => bench.run(vector.payload, { ...wishOf(vector), inflaters }));
        expect(wrong).toMatchObject({ code, have: size, need: vector.decodedBytes });
      }
      expect(bench.memory.intact).toBe(true);
    });
  });
}

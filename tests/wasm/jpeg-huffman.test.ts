import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HUFFMAN_BYTES, HUFFMAN_COUNTERS, fitHuffmanTables } from "../../wasm/core/jpeg-huffman.ts";
import { decodeJpeg } from "../encode/decode.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { encodeRaw } from "./jpeg-encoding.ts";
import { KINDS, SIZES, picture } from "./jpeg-pictures.ts";

const DC = Array.from({ length: 12 }, (_, size) => size);
const AC = [
  0,
  ...Array.from({ length: 160 }, (_, i) => (Math.floor(i / 10) << 4) | ((i % 10) + 1)),
  0xf0,
].sort((a, b) => a - b);

/** The four specifications as lengths of codes and symbols. */
function specifications(tables: Uint8Array): { lengths: number[]; symbols: number[] }[] {
  return [0, 272, 544, 816].map((at) => {
    const lengths = [...tables.subarray(at, at + 16)];
    const symbols = lengths.reduce((sum, count) => sum + count, 0);
    return { lengths, symbols: [...tables.subarray(at + 16, at + 16 + symbols)] };
  });
}

/** How much of the room for codes is taken, in units of the longest code: 2^16 were all of it. */
function taken(lengths: number[]): number {
  return lengths.reduce((sum, count, i) => sum + count * 2 ** (15 - i), 0);
}

/** Lengths of the best code without a limit, by merging the two lightest again and again. */
function bestBits(weights: number[]): number {
  const heap = [...weights];
  let bits = 0;
  while (heap.length > 1) {
    heap.sort((a, b) => b - a);
    const sum = heap.pop()! + heap.pop()!;
    bits += sum;
    heap.push(sum);
  }
  return bits;
}

describe("fitHuffmanTables", () => {
  test("gives every symbol of a baseline file a code of at most 16 bits, none of them all ones, whatever was counted", () => {
    const counts = fc.array(fc.nat({ max: 2 ** 31 }), { minLength: 1024, maxLength: 1024 });
    const steep = fc.constant(Array.from({ length: 1024 }, (_, i) => Math.floor(1.3 ** ((i % 256) % 80))));
    fc.assert(
      fc.property(fc.oneof(counts, steep, fc.constant(new Array<number>(1024).fill(0))), (all) => {
        const tables = fitHuffmanTables(Uint32Array.from(all));
        expect(tables).toHaveLength(HUFFMAN_BYTES);
        specifications(tables).forEach(({ lengths, symbols }, table) => {
          expect([...symbols].sort((a, b) => a - b)).toEqual(table % 2 === 0 ? DC : AC);
          expect(taken(lengths)).toBeLessThan(2 ** 16);
        });
      }),
      { numRuns: 60, seed: 20261122 },
    );
  });

  test("gives the best code there is where no code is too long", () => {
    const counts = new Uint32Array(HUFFMAN_COUNTERS);
    DC.forEach((size) => (counts[size] = 100 * (size + 1)));
    const { lengths, symbols } = specifications(fitHuffmanTables(counts))[0]!;
    const lengthOf = lengths.flatMap((count, i) => new Array<number>(count).fill(i + 1));
    const weight = (symbol: number): number => 4 * counts[symbol]! + 1;
    const bits = symbols.reduce((sum, symbol, i) => sum + weight(symbol) * lengthOf[i]!, 0);
    expect(bits).toBe(bestBits([0, ...DC.map(weight)]));
  });

  test("makes the tables of luminance alone where a grey picture has no others", () => {
    const counts = Uint32Array.from({ length: 1024 }, (_, i) => i % 37);
    expect(fitHuffmanTables(counts, 1).subarray(0, 544)).toEqual(fitHuffmanTables(counts).subarray(0, 544));
    expect(Math.max(...fitHuffmanTables(counts, 1).subarray(544))).toBe(0);
  });
});

for (const build of BUILDS) {
  describe(`adaptive tables, ${build} build`, () => {
    const encoder = async (): Promise<
      (
        kind: (typeof KINDS)[number],
        size: readonly [number, number],
        fit?: Uint32Array,
      ) => {
        jpeg: Uint8Array;
        counts: Uint32Array;
      }
    > => {
      const { exports } = await GuardedRegions.of(build);
      return (kind, [width, height], fit) => {
        const words: Record<string, number> = {};
        const regions = new GuardedRegions(exports);
        words["counts"] = regions.take(4096);
        if (fit !== undefined) words["huffman"] = regions.put(fitHuffmanTables(fit));
        const job = { width, height, mode: "rgb1", quality: 75, subsampling: 420 } as const;
        const { jpeg, result, damage } = encodeRaw(
          exports,
          { ...job, samples: picture(kind, width, height, 3), words },
          regions,
        );
        expect({ good: result > 0, damage }).toEqual({ good: true, damage: 0 });
        const counts = new Uint32Array(regions.bytes(words["counts"], 4096).slice().buffer);
        return { jpeg, counts };
      };
    };

    test("show the same pixels in fewer bytes, of the picture that was counted and of any other", async () => {
      const encode = await encoder();
      for (const kind of KINDS) {
        const { counts } = encode(kind, [258, 40]);
        for (const other of KINDS) {
          const plain = encode(other, [258, 40]).jpeg;
          const fitted = encode(other, [258, 40], counts).jpeg;
          expect(await decodeJpeg(fitted)).toEqual(await decodeJpeg(plain));
          if (other === kind) expect(fitted.length).toBeLessThan(plain.length);
        }
      }
    });

    test("are valid in all sizes", async () => {
      const encode = await encoder();
      const { counts } = encode("noise", [258, 40]);
      for (const size of SIZES) {
        const plain = await decodeJpeg(encode("extreme", size).jpeg);
        expect(await decodeJpeg(encode("extreme", size, counts).jpeg)).toEqual(plain);
      }
    });

    test("are counted from every block of a small picture: one end of block or a last coefficient for each", async () => {
      const encode = await encoder();
      const { counts } = encode("flat", [64, 64]);
      // 64 blocks of luminance, 32 of chrominance, all of them flat
      expect(counts[256]).toBe(64);
      expect(counts[768]).toBe(32);
      expect(counts.subarray(0, 256).reduce((sum, count) => sum + count, 0)).toBe(64);
      expect(counts.subarray(512, 768).reduce((sum, count) => sum + count, 0)).toBe(32);
    });
  });
}

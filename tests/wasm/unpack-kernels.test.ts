import { describe, expect, test } from "bun:test";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { xorshift } from "./sample-sets.ts";

/** Seeded bytes; a third of the seeds leave the upper half of the elements' bits zero, as detectors do. */
function elements(bytes: number, count: number, seed: number): Uint8Array {
  const next = xorshift(seed + 77);
  const out = new Uint8Array(bytes * count);
  const sparse = seed % 3 === 0;
  for (let at = 0; at < out.length; at++) {
    const value = next() >>> 13;
    const upper = bytes > 1 && at % bytes >= bytes / 2;
    out[at] = sparse && upper && value % 400 !== 0 ? 0 : value;
  }
  return out;
}

/** The definition of bitshuffle, bit by bit: row k holds bit k of every element. */
function bitShuffled(plain: Uint8Array, bytes: number): Uint8Array {
  const count = plain.length / bytes;
  const out = new Uint8Array(plain.length);
  for (let element = 0; element < count; element++) {
    for (let bit = 0; bit < 8 * bytes; bit++) {
      const set = (plain[element * bytes + (bit >> 3)]! >> (bit & 7)) & 1;
      out[bit * (count / 8) + (element >> 3)]! |= set << (element & 7);
    }
  }
  return out;
}

function byteShuffled(plain: Uint8Array, bytes: number): Uint8Array {
  const count = plain.length / bytes;
  return Uint8Array.from(plain, (_, at) => plain[(at % count) * bytes + Math.floor(at / count)]!);
}

for (const build of BUILDS) {
  describe(`unpacking kernels, ${build} build`, () => {
    for (const bytes of [1, 2, 3, 4, 8, 12]) {
      test(`bits of ${bytes}-byte elements find back, at every multiple of 8 and odd addresses`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const count of [0, 8, 16, 64, 120, 128, 136, 256, 504, 512, 520, 648, 1160]) {
          const plain = elements(bytes, count, count);
          const source = regions.put(bitShuffled(plain, bytes), count % 16);
          const target = regions.take(plain.length, (count >> 4) % 16);
          regions.exports.bitUnshuffle(bytes, source, count, target);
          expect(Buffer.compare(regions.bytes(target, plain.length), plain)).toBe(0);
        }
        expect(regions.damage).toBe(0);
      });

      test(`bytes of ${bytes}-byte elements find back, at every length and odd addresses`, async () => {
        const regions = await GuardedRegions.of(build);
        for (const count of [...Array(40).keys(), 127, 128, 129, 1000]) {
          const plain = elements(bytes, count, count);
          const source = regions.put(byteShuffled(plain, bytes), count % 16);
          const target = regions.take(plain.length, (count + 5) % 16);
          regions.exports.byteUnshuffle(bytes, source, count, target);
          expect(Buffer.compare(regions.bytes(target, plain.length), plain)).toBe(0);
        }
        expect(regions.damage).toBe(0);
      });
    }

    test("LZ4 repeats at every distance, of every length, up to the last byte of the target", async () => {
      const regions = await GuardedRegions.of(build);
      const distances = [...Array(70).keys()].slice(1).concat([127, 128, 129, 255, 256, 300]);
      for (const distance of distances) {
        for (const length of [4, 5, 18, 19, 20, 31, 64, 100, 273, 274, 700]) {
          for (const after of [0, 5, 40]) {
            const plain = repeated(distance, length, after);
            const source = regions.put(lz4Stream(plain, distance, length, after));
            const target = regions.take(plain.length, distance % 16);
            const packed = lz4Stream(plain, distance, length, after).length;
            expect(regions.exports.lz4(source, packed, target, plain.length)).toBe(0);
            expect(Buffer.compare(regions.bytes(target, plain.length), plain)).toBe(0);
          }
        }
      }
      expect(regions.damage).toBe(0);
    });

    for (const channels of [1, 3]) {
      test(`R G B A gives ${channels} bytes a pixel for every count, up to the last byte`, async () => {
        const regions = await GuardedRegions.of(build);
        for (let pixels = 0; pixels <= 70; pixels++) {
          const rgba = elements(4, pixels, pixels + 1);
          const source = regions.put(rgba, pixels % 16);
          const target = regions.take(channels * pixels, (pixels * 7) % 16);
          expect(regions.exports.rgbaToSamples(source, pixels, channels, target)).toBe(0);
          const wanted = rgba.filter((_, at) => at % 4 < channels);
          expect([...regions.bytes(target, channels * pixels)]).toEqual([...wanted]);
        }
        expect(regions.damage).toBe(0);
      });
    }

    test("R G B A is refused for other than 1 or 3 channels", async () => {
      const { exports } = await GuardedRegions.of(build);
      for (const channels of [0, 2, 4])
        expect(exports.rgbaToSamples(exports.freeStart(), 1, channels, 0)).toBe(-5);
    });
  });
}

/** `distance` bytes, then `length` that repeat them, then `after` others. */
function repeated(distance: number, length: number, after: number): Uint8Array {
  const noise = elements(1, distance + after, distance + 1);
  const out = new Uint8Array(distance + length + after);
  out.set(noise.subarray(0, distance));
  for (let at = distance; at < distance + length; at++) out[at] = out[at - distance]!;
  out.set(noise.subarray(distance), distance + length);
  return out;
}

/** The same by hand as an LZ4 block: two sequences, or one if nothing comes after. */
function lz4Stream(plain: Uint8Array, distance: number, length: number, after: number): Uint8Array {
  const more = (value: number): number[] => {
    if (value < 15) return [];
    const rest = value - 15;
    return [...Array<number>(Math.floor(rest / 255)).fill(255), rest % 255];
  };
  const token = (literals: number, match: number): number =>
    (Math.min(literals, 15) << 4) | Math.min(match, 15);
  const first = [token(distance, length - 4), ...more(distance), ...plain.subarray(0, distance)];
  const match = [distance & 255, distance >> 8, ...more(length - 4)];
  const last = after === 0 ? [] : [token(after, 0), ...more(after), ...plain.subarray(distance + length)];
  return new Uint8Array([...first, ...match, ...last]);
}

import { describe, expect, test } from "bun:test";
import type { CoreExports } from "../../wasm/core/abi.ts";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { picture } from "./jpeg-pictures.ts";

/** The two kernels that the core exports for these tests; the host has no use for them. */
interface Kernels extends CoreExports {
  readonly fdct: (source: number, stride: number, block: number) => void;
  readonly makeDivisors: (steps: number, divisors: number) => void;
  readonly quantize: (block: number, divisors: number) => void;
}

async function kernelsOf(
  build: (typeof BUILDS)[number],
): Promise<{ kernels: Kernels; regions: GuardedRegions }> {
  const regions = await GuardedRegions.of(build);
  return { kernels: regions.exports as Kernels, regions };
}

/** 8 × 8 samples at their worst: all levels flat, every basis function at full swing, and noise of two kinds. */
function blocks(): Uint8Array[] {
  const flat = Array.from({ length: 256 }, (_, level) => new Uint8Array(64).fill(level));
  const swings = Array.from({ length: 64 }, (_, at) =>
    [1, -1].map((sign) => swing(at >> 3, at & 7, sign)),
  ).flat();
  const noise = chunks(picture("noise", 8, 4000, 1));
  return [...flat, ...swings, ...noise, ...chunks(picture("extreme", 8, 4000, 1))];
}

/** Black and white by the sign of the basis function (u, v): what makes that coefficient as large as it can be. */
function swing(u: number, v: number, sign: number): Uint8Array {
  return Uint8Array.from({ length: 64 }, (_, at) => {
    const basis =
      Math.cos(((2 * (at & 7) + 1) * u * Math.PI) / 16) * Math.cos(((2 * (at >> 3) + 1) * v * Math.PI) / 16);
    return sign * basis > 0 ? 255 : 0;
  });
}

function chunks(samples: Uint8Array): Uint8Array[] {
  return Array.from({ length: samples.length / 64 }, (_, i) => samples.slice(64 * i, 64 * i + 64));
}

/** The 64 results of one build for each block. */
async function transformAll(build: (typeof BUILDS)[number]): Promise<Int16Array[]> {
  const { kernels, regions } = await kernelsOf(build);
  const source = regions.take(64, 5);
  const block = regions.take(128, 11);
  const all = blocks().map((samples) => {
    regions.bytes(source, 64).set(samples);
    kernels.fdct(source, 8, block);
    return new Int16Array(regions.bytes(block, 128).slice().buffer);
  });
  expect(regions.damage).toBe(0);
  return all;
}

/** ITU-T T.81 A.3.3 in double precision, times the 8 that the kernel leaves in. */
function definition(samples: Uint8Array): number[] {
  return Array.from({ length: 64 }, (_, at) => {
    const u = at & 7;
    const v = at >> 3;
    let sum = 0;
    samples.forEach((sample, i) => {
      const across = Math.cos(((2 * (i & 7) + 1) * u * Math.PI) / 16);
      const down = Math.cos(((2 * (i >> 3) + 1) * v * Math.PI) / 16);
      sum += (sample - 128) * across * down;
    });
    return 8 * 0.25 * (u === 0 ? Math.SQRT1_2 : 1) * (v === 0 ? Math.SQRT1_2 : 1) * sum;
  });
}

describe("fdct", () => {
  test("gives the same bits in both builds, for the largest coefficients and for noise", async () => {
    expect(await transformAll("simd")).toEqual(await transformAll("scalar"));
  });

  test("is nowhere further than two eighths of a unit from the definition of T.81 A.3.3", async () => {
    const results = await transformAll("simd");
    const worst = blocks()
      .map((samples, i) => definition(samples).map((exact, k) => Math.abs(results[i]![k]! - exact)))
      .flat()
      .reduce((most, error) => Math.max(most, error), 0);
    expect(worst).toBeLessThan(2);
  });

  test("reads rows at any distance", async () => {
    const { kernels, regions } = await kernelsOf("simd");
    const wide = picture("noise", 50, 8, 1);
    const narrow = Uint8Array.from({ length: 64 }, (_, at) => wide[(at >> 3) * 50 + 13 + (at & 7)]!);
    const block = regions.take(128);
    kernels.fdct(regions.put(wide) + 13, 50, block);
    const fromWide = regions.bytes(block, 128).slice();
    kernels.fdct(regions.put(narrow), 8, block);
    expect([...fromWide]).toEqual([...regions.bytes(block, 128)]);
  });
});

for (const build of BUILDS) {
  test(`quantize, ${build} build, is the integer division rounding halves away from zero, for all coefficients and steps`, async () => {
    const { kernels, regions } = await kernelsOf(build);
    const steps = regions.take(64);
    const divisors = regions.take(256, 8);
    const block = regions.take(128, 8);
    let wrong = 0;
    for (let step = 1; step <= 255; step++) {
      regions.bytes(steps, 64).fill(step);
      kernels.makeDivisors(steps, divisors);
      const view = new Int16Array(regions.exports.memory.buffer, block, 64);
      for (let first = -32768; first < 32768; first += 64) {
        for (let k = 0; k < 64; k++) view[k] = first + k;
        kernels.quantize(block, divisors);
        for (let k = 0; k < 64; k++) {
          const coefficient = first + k;
          const magnitude = ((Math.abs(coefficient) + 4 * step) / (8 * step)) | 0;
          if (view[k] !== (coefficient < 0 ? -magnitude : magnitude)) wrong++;
        }
      }
    }
    expect(wrong).toBe(0);
    expect(regions.damage).toBe(0);
  });
}

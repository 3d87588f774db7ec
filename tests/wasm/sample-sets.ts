/** Samples that trouble kernels: ends of the type, odd floats, and seeded noise. */
import type { SampleType } from "../../wasm/core/index.ts";
import { toBytes, toSamples } from "./reference.ts";
import type { Sample } from "./reference.ts";

/** Smallest and largest value of an integer type. */
export function typeLimits(type: SampleType): { least: bigint; most: bigint } {
  const bits = BigInt(type.replace(/\D/g, ""));
  return type.startsWith("u")
    ? { least: 0n, most: (1n << bits) - 1n }
    : { least: -(1n << (bits - 1n)), most: (1n << (bits - 1n)) - 1n };
}

/** Values at the ends and in the middle of a type, and where float64 stops counting. */
export function edgeSamples(type: SampleType): Sample[] {
  if (type.startsWith("float")) {
    const odd = [NaN, Infinity, -Infinity, -0, 0, 1, -1, 0.5, 1e-40, 5e-324, 1e30, -1e30];
    const largest = type === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
    // Through bytes and back: what is left are numbers of the type.
    return toSamples(type, toBytes(type, [...odd, largest]));
  }
  const { least, most } = typeLimits(type);
  const wide = [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n + 1025n];
  const inside = [least, least + 1n, -1n, 0n, 1n, most / 2n, most / 2n + 1n, most - 1n, most, ...wide];
  return toSamples(
    type,
    toBytes(
      type,
      inside.filter((value) => value >= least && value <= most),
    ),
  );
}

/** `count` samples of random bits, the same for the same seed; floats are kept finite and of moderate size. */
export function randomSamples(type: SampleType, count: number, seed: number): Sample[] {
  const next = xorshift(seed);
  if (type.startsWith("float")) {
    return toSamples(
      type,
      toBytes(
        type,
        Array.from({ length: count }, () => (next() / 2 ** 32 - 0.3) * 1000),
      ),
    );
  }
  return toSamples(
    type,
    toBytes(
      type,
      Array.from({ length: count }, () => (BigInt(next()) << 32n) | BigInt(next())).map((bits) =>
        type.endsWith("64") ? bits : Number(bits & 0xffffffffn),
      ),
    ),
  );
}

/** Marsaglia's 32-bit xorshift. */
export function xorshift(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

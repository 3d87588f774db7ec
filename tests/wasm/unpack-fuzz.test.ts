import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { UnpackError } from "../../wasm/core/unpack-error.ts";
import { BUILDS } from "./both-builds.ts";
import { xorshift } from "./sample-sets.ts";
import { UnpackBench } from "./unpack-runner.ts";
import { codecVectors } from "./unpack-vectors.ts";
import type { CodecVector } from "./unpack-vectors.ts";

/** Small ones, so that a mutation hits what steers and not only what is copied. */
const VECTORS = (await codecVectors()).filter(
  ({ payload, decodedBytes }) => payload.length < 1500 && decodedBytes < 20_000,
);

/** Payloads tried, each by both builds. */
const MUTATIONS = 30_000;

/** One to four bytes changed, cut out, put in or moved; sometimes cut short. */
function mutated(payload: Uint8Array, next: () => number): Uint8Array {
  let bytes = [...payload];
  for (let change = 1 + (next() % 4); change > 0; change--) {
    const at = pick(bytes.length, next);
    const kind = next() % 6;
    if (kind === 0) bytes[at] = next() & 255;
    else if (kind === 1) bytes[at] = [0, 1, 15, 127, 128, 240, 254, 255][next() % 8]!;
    else if (kind === 2) bytes[at] = (bytes[at] ?? 0) ^ (1 << (next() % 8));
    else if (kind === 3) bytes.splice(at, 1 + (next() % 4));
    else if (kind === 4) bytes.splice(at, 0, ...bytes.slice(at, at + 1 + (next() % 8)));
    else bytes = bytes.slice(0, next() % 4 === 0 ? at : bytes.length);
  }
  return new Uint8Array(bytes);
}

/** Headers and the begin of streams steer most, so half of the places are there. */
function pick(length: number, next: () => number): number {
  const range = next() % 2 === 0 ? Math.min(length, 40) : length;
  return range === 0 ? 0 : next() % range;
}

/** What became of a payload: a digest of the bytes, or the error's words. */
function outcome(bench: UnpackBench, vector: CodecVector, payload: Uint8Array): string {
  const { codec, decodedBytes, sampleBytes: bytesPerSample } = vector;
  try {
    const bytes = bench.run(payload, { codec, decodedBytes, bytesPerSample });
    expect(bytes.length).toBe(decodedBytes);
    return createHash("sha1").update(bytes).digest("hex");
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    expect(error.codec).toBe(codec);
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(payload.length);
    return error.message;
  }
}

describe("payloads that lie", () => {
  test("end in bytes or an UnpackError, the same in both builds, whatever lies around them, and touch nothing else", async () => {
    const benches = await Promise.all(BUILDS.map((build) => UnpackBench.of(build)));
    const next = xorshift(20261122);
    let refused = 0;
    for (let turn = 0; turn < MUTATIONS; turn++) {
      const vector = VECTORS[next() % VECTORS.length]!;
      const payload = mutated(vector.payload, next);
      // What fences and fresh regions hold differs, so whoever reads beside a payload tells by it.
      const outcomes = benches.map((bench, index) => {
        bench.memory.fill = (turn * 37 + index * 101) & 255;
        bench.memory.atEdge = turn % 5 === 4 ? undefined : turn % 3;
        const found = outcome(bench, vector, payload);
        if (!bench.memory.intact) throw new Error(`turn ${turn}: ${vector.name} was written beside`);
        expect(bench.memory.taken).toBeLessThanOrEqual(payload.length + 2 * vector.decodedBytes);
        return found;
      });
      if (outcomes[0] !== outcomes[1]) {
        throw new Error(`turn ${turn}: ${vector.name} became ${outcomes.join(" and ")}`);
      }
      if (outcomes[0]!.includes("data, byte")) refused++;
    }
    // Most lies show; those that only change bytes that are copied cannot.
    expect(refused).toBeGreaterThan(MUTATIONS / 3);
    expect(refused).toBeLessThan(MUTATIONS);
  }, 60_000);
});

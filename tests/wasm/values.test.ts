import { describe, expect, test } from "bun:test";
import { Core, DEFAULT_RECIPE, SAMPLE_TYPES, bytesPerSample, parseRecipe } from "../../wasm/core/index.ts";
import type { Frame, SampleType } from "../../wasm/core/index.ts";
import { BUILDS } from "./both-builds.ts";
import { toBytes } from "./reference.ts";
import type { Sample } from "./reference.ts";
import digests from "./values-digests.json";

const [WIDTH, HEIGHT] = [23, 17];
const CURVES = ["linear", "log", "sqrt", "gamma:2.2", "gamma:0.4"];
const MASK = 2n ** 64n - 1n;

/** The samples of values-digests.py: random bits, of floats every 29th no number. */
function samplesOf(type: SampleType, count: number): Sample[] {
  let state = BigInt(count);
  const bits = Array.from({ length: count }, () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & MASK;
    return state;
  });
  if (type.startsWith("float")) {
    return bits.map((word, at) => {
      if (at % 29 === 28) return [NaN, Infinity, -Infinity][at % 3]!;
      return (Number(word >> 11n) / 2 ** 53 - 0.3) * 1000;
    });
  }
  const size = 8 * bytesPerSample(type);
  const top = bits.map((word) => word >> BigInt(64 - size));
  return size === 64 ? top : top.map(Number);
}

function frameOf(type: SampleType, colourMode: Frame["colourMode"]): Frame {
  const samples = samplesOf(type, WIDTH * HEIGHT * (colourMode === "bayer" ? 1 : 3));
  const shape = { width: WIDTH, height: HEIGHT, sampleType: type, bigEndian: false } as const;
  const pixels = toBytes(type, samples);
  // Mono frames are thrice as high, so that they have the same samples.
  if (colourMode === "mono") return { ...shape, height: 3 * HEIGHT, colourMode, pixels };
  return colourMode === "bayer"
    ? { ...shape, colourMode, bayer: "gbrg", pixels }
    : { ...shape, colourMode, pixels };
}

function digestOf(core: Core, frame: Frame, range: string): string {
  const sha = new Bun.CryptoHasher("sha256");
  for (const curve of CURVES) {
    const recipe = parseRecipe(new Map([["range", range], ["curve", curve]]), DEFAULT_RECIPE); // prettier-ignore
    sha.update(core.toSamples(frame, recipe).samples);
  }
  return sha.digest("hex").slice(0, 32);
}

for (const build of BUILDS) {
  describe(`values, ${build} build`, () => {
    for (const type of SAMPLE_TYPES) {
      test(`draws ${type} as numpy does along every curve, in every range and colour mode`, async () => {
        const core = await Core.load({ build });
        for (const colourMode of ["mono", "rgb1", "rgb2", "rgb3", "bayer"] as const) {
          const frame = frameOf(type, colourMode);
          for (const range of ["auto", "auto:2,97.5", "full", "20,90"]) {
            const key = `${type} ${colourMode === "bayer" ? "bayer" : "rgb"} ${range}`;
            const digest = digestOf(core, frame, range);
            expect({ colourMode, key, digest }).toEqual({
              colourMode,
              key,
              digest: (digests as Record<string, string>)[key]!,
            });
          }
        }
      });
    }
  });
}

/**
 * Pictures for the encoder's tests, from integers alone, so that jpeg-digests.py makes the very same ones. Samples are
 * R G B R G B … or grey; `layOut` brings them into a colour mode.
 */
import type { ColourMode } from "../../wasm/core/index.ts";

export const KINDS = ["flat", "gradient", "text", "noise", "extreme"] as const;
export type Kind = (typeof KINDS)[number];

/** One MCU less, exactly, and more; odd blocks of luminance; an odd number of blocks (258 wide); one row, one column. */
export const SIZES: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 3],
  [7, 9],
  [8, 8],
  [9, 8],
  [15, 16],
  [16, 16],
  [16, 17],
  [17, 33],
  [24, 25],
  [33, 17],
  [100, 1],
  [1, 100],
  [258, 40],
  [400, 9],
];

/** Numerical Recipes' 32-bit generator: the upper bits of a sequence that Python can follow. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
}

/** Sample of channel `c` at column x of row y. */
function sampleOf(kind: Kind, x: number, y: number, c: number, random: () => number): number {
  switch (kind) {
    case "flat":
      return 50 + 60 * c;
    case "gradient":
      return (3 * x + 5 * y + 40 * c + ((x * y) >> 4)) & 255;
    case "text":
      return (((x >> 1) * 7 + (y >> 2) * 13) & 31) < 9 + c ? 20 : 230;
    case "noise":
      return ((2 * x + y + 30 * c) & 127) + (random() >> 1);
    case "extreme":
      return random() > 127 ? 255 : 0;
  }
}

/** `channels` is 1 or 3. */
export function picture(kind: Kind, width: number, height: number, channels: number): Uint8Array {
  const random = generator(width * 65536 + height);
  const samples = new Uint8Array(width * height * channels);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) samples[at++] = sampleOf(kind, x, y, c, random);
    }
  }
  return samples;
}

/** Samples of `picture` in the layout of a colour mode. */
export function layOut(samples: Uint8Array, mode: ColourMode, width: number, height: number): Uint8Array {
  if (mode === "mono" || mode === "rgb1") return samples;
  const out = new Uint8Array(samples.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const row = mode === "rgb2" ? 3 * y + c : c * height + y;
        out[row * width + x] = samples[3 * (y * width + x) + c]!;
      }
    }
  }
  return out;
}

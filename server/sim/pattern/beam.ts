import type { Painter, Scene } from "./painter.ts";
import { normal, randomFrom } from "./random.ts";

const NOISE_LENGTH = 4096;
const PEDESTAL = 0.04;
const READ_NOISE = 0.008;
/** A YAG screen glows green; its brightest part saturates towards white. */
const SCREEN_COLOUR = [0.45, 1, 0.3] as const;

/**
 * A beam on a fluorescent screen: a bright elliptical core on a wide halo, drifting round the centre and breathing
 * a little, with read-out noise over everything.
 */
export function beam({ width, height, channels, phase }: Scene): Painter {
  const angle = 2 * Math.PI * phase;
  const size = Math.min(width, height);
  const centreX = width / 2 + 0.12 * width * Math.cos(angle);
  const centreY = height / 2 + 0.08 * height * Math.sin(2 * angle);
  const breath = 1 + 0.1 * Math.sin(3 * angle);
  const coreX = gaussian(width, centreX, 0.1 * size * breath);
  const coreY = gaussian(height, centreY, 0.06 * size * breath);
  const haloX = gaussian(width, centreX, 0.25 * size);
  const haloY = gaussian(height, centreY, 0.2 * size);
  const random = randomFrom(1 + Math.round(1e6 * phase));
  const noise = Float32Array.from({ length: NOISE_LENGTH }, () => READ_NOISE * normal(random));

  return {
    row(y, into) {
      const core = 0.78 * coreY[y]!;
      const halo = 0.16 * haloY[y]!;
      let at = Math.floor(random() * NOISE_LENGTH);
      for (let x = 0, out = 0; x < width; x++) {
        at = (at + 1) % NOISE_LENGTH;
        const light = core * coreX[x]! + halo * haloX[x]!;
        if (channels === 1) {
          into[out++] = clamp(PEDESTAL + light + noise[at]!);
          continue;
        }
        const white = 0.5 * light * light;
        for (const share of SCREEN_COLOUR) into[out++] = clamp(PEDESTAL + share * light + white + noise[at]!);
      }
    },
  };
}

/** exp(−½((i − centre)/sigma)²) for each i: the beam is separable, so two such lists make the picture. */
function gaussian(length: number, centre: number, sigma: number): Float32Array {
  const width = Math.max(sigma, 0.5);
  return Float32Array.from({ length }, (_, i) => Math.exp(-0.5 * ((i + 0.5 - centre) / width) ** 2));
}

function clamp(level: number): number {
  return level < 0 ? 0 : level > 1 ? 1 : level;
}

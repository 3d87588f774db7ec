import type { Painter, Scene } from "./painter.ts";
import { poisson, randomFrom, type Random } from "./random.ts";

/** Photons that make the brightest level; hot pixels sit there. */
const FULL_COUNT = 80;
const RADIUS_STEPS = 2048;
/** Poisson samples kept ready per mean, and how finely means are told apart (half photons). */
const SAMPLES = 128;
const MEANS_PER_PHOTON = 2;
/** Above every mean in the radial profile, whose rings reach about 40. */
const MAX_MEAN = 60;
/** Ring radii relative to the half side: √(h²+k²+l²) of a face-centred cubic powder, from 111 on. */
const RINGS = [3, 4, 8, 11, 12, 16, 19, 20].map((sum) => 0.19 * Math.sqrt(sum));

/**
 * Powder rings of a face-centred cubic crystal with Bragg spots that walk along them as the sample turns, counted
 * photon by photon; a beam stop in the middle, and hot pixels that never move.
 */
export function diffraction({ width, height, channels, phase }: Scene): Painter {
  const random = randomFrom(7 + Math.round(1e6 * phase));
  const half = Math.min(width, height) / 2;
  const profile = radialProfile();
  const counts = countTable(random);
  const spots = spotsByRow(width, height, half, phase);
  const hot = hotPixels(width, height);

  return {
    row(y, into) {
      const dy = (y + 0.5 - height / 2) / half;
      let at = Math.floor(random() * SAMPLES);
      const spotsHere = spots.get(y) ?? [];
      for (let x = 0; x < width; x++) {
        const dx = (x + 0.5 - width / 2) / half;
        const radius = Math.sqrt(dx * dx + dy * dy);
        const mean = profile[Math.min(RADIUS_STEPS - 1, Math.floor((radius * RADIUS_STEPS) / 2))]!;
        at = (at * 5 + 3 + x) % SAMPLES;
        into[x * channels] = counts[Math.round(mean * MEANS_PER_PHOTON) * SAMPLES + at]!;
      }
      for (const { x, light } of spotsHere) into[x * channels] = Math.min(0.9, into[x * channels]! + light);
      for (const x of hot.get(y) ?? []) into[x * channels] = 1;
      if (channels === 3) spreadHeat(into, width);
    },
  };
}

/** Expected photons by radius (in half sides, 0…2): rings on a falling background, nothing behind the beam stop. */
function radialProfile(): Float32Array {
  return Float32Array.from({ length: RADIUS_STEPS }, (_, i) => {
    const radius = (2 * i) / RADIUS_STEPS;
    if (radius < 0.07) return 0;
    let photons = 0.4 + 9 * Math.exp(-3.2 * radius);
    RINGS.forEach((ring, order) => {
      photons += (34 / (1 + 0.55 * order)) * Math.exp(-0.5 * ((radius - ring) / 0.008) ** 2);
    });
    return photons;
  });
}

/** For each mean, `SAMPLES` counts as levels: drawing photons per pixel would take a hundred times as long. */
function countTable(random: Random): Float32Array {
  const means = MAX_MEAN * MEANS_PER_PHOTON;
  const table = new Float32Array(means * SAMPLES);
  for (let mean = 0; mean < means; mean++) {
    for (let i = 0; i < SAMPLES; i++) {
      table[mean * SAMPLES + i] = Math.min(0.9, poisson(mean / MEANS_PER_PHOTON, random) / FULL_COUNT);
    }
  }
  return table;
}

interface SpotPixel {
  readonly x: number;
  readonly light: number;
}

/** The Bragg spots' pixels, by row. Each spot walks one fourth of its ring, so that the loop closes on the next one. */
function spotsByRow(width: number, height: number, half: number, phase: number): Map<number, SpotPixel[]> {
  const rows = new Map<number, SpotPixel[]>();
  const sigma = Math.max(0.6, half / 260);
  const reach = Math.ceil(3 * sigma);
  RINGS.forEach((ring, order) => {
    for (let quarter = 0; quarter < 4; quarter++) {
      const angle = (Math.PI / 2) * (quarter + phase) + 1.1 * order;
      const centreX = Math.round(width / 2 + half * ring * Math.cos(angle));
      const centreY = Math.round(height / 2 + half * ring * Math.sin(angle));
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          const [x, y] = [centreX + dx, centreY + dy];
          if (x < 0 || x >= width || y < 0 || y >= height) continue;
          const light = 0.7 * Math.exp((-0.5 * (dx * dx + dy * dy)) / (sigma * sigma));
          rows.set(y, [...(rows.get(y) ?? []), { x, light }]);
        }
      }
    }
  });
  return rows;
}

/** One pixel in 20 000 always reads full, at least three of them: always the same ones, as in a real sensor. */
function hotPixels(width: number, height: number): Map<number, number[]> {
  const random = randomFrom(width * 31 + height);
  const rows = new Map<number, number[]>();
  const count = Math.min(2000, 3 + Math.floor((width * height) / 20_000));
  for (let i = 0; i < count; i++) {
    const y = Math.floor(random() * height);
    rows.set(y, [...(rows.get(y) ?? []), Math.floor(random() * width)]);
  }
  return rows;
}

/** Colours grey levels black → red → yellow → white, as diffraction pictures are often shown. In place. */
function spreadHeat(row: Float32Array, width: number): void {
  for (let x = 0; x < width; x++) {
    const level = 3 * row[3 * x]!;
    row[3 * x] = Math.min(1, level);
    row[3 * x + 1] = Math.min(1, Math.max(0, level - 1));
    row[3 * x + 2] = Math.max(0, level - 2);
  }
}

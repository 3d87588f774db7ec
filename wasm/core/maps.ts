/** Colour maps: what a grey level looks like. */
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { MAP_TABLES } from "./map-tables.ts";
import type { ColourMap } from "./recipe.ts";

const LEVELS = 256;

/** The colours of levels 0 to 255, 3 bytes each. */
export function coloursOf(map: ColourMap): Uint8Array {
  if (map === "grey") return Uint8Array.from({ length: 3 * LEVELS }, (_, at) => Math.floor(at / 3));
  if (map === "grey-inverted") return coloursOf("grey").toReversed();
  const shades = MAP_TABLES[map].match(/[0-9a-f]{2}/g)!;
  return Uint8Array.from(shades, (shade) => Number.parseInt(shade, 16));
}

/**
 * Draws 8-bit levels of a mono picture in colours, pixel by pixel R G B (`rgb1`): what JPEG and canvas read fastest.
 *
 * @throws CoreError out-of-memory
 */
export function applyMap({ exports, memory }: Engine, levels: Samples, map: ColourMap): Samples {
  const { address, width, height } = levels;
  const palette = memory.take(4 * LEVELS);
  const target = memory.take(3 * width * height);
  const words = memory.view(palette, 4 * LEVELS);
  coloursOf(map).forEach((part, at) => (words[4 * Math.floor(at / 3) + (at % 3)] = part));
  accept(exports.applyMap(address, width * height, palette, target), "applyMap");
  return { ...levels, address: target, colourMode: "rgb1" };
}

/** The map grey-inverted, in place: it needs no colours, so the picture stays mono. */
export function invert({ exports }: Engine, { address, width, height }: Samples): void {
  accept(exports.invertLevels(address, width * height), "invertLevels");
}

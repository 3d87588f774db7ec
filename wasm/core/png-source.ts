/** Pictures as PNG files hold them: 8 or 16 bits, grey or R G B together. Writing the file is others'. */
import { sampleCode } from "./abi.ts";
import { toColours } from "./colours.ts";
import type { Coloured } from "./colours.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { bytesPerSample } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { findRange } from "./find-range.ts";
import { areLevels, countOf, isPlain } from "./levels.ts";
import { load } from "./load.ts";
import { arrangeAs, draw, regionOf } from "./pipeline.ts";
import type { History, PictureFacts, PictureOptions } from "./picture.ts";
import { checkRecipe } from "./recipe-check.ts";
import type { Recipe } from "./recipe.ts";

/** Everything that a PNG's header wants, and its samples. */
export interface PngSource extends PictureFacts {
  /** Rows from the top without gaps, of 8 or 16 bits; a view of the core's memory, valid until its next call. */
  readonly samples: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly depth: 8 | 16;
  /** Whether the samples are the camera's own, not levels of `range`. */
  readonly raw: boolean;
  /** What was added to the camera's samples: 32768 for raw int16, else 0. */
  readonly offset: 0 | 32768;
}

/**
 * Samples of more than one byte keep 16 bits unless a curve, a map or painting asks for levels: 16-bit ones as the
 * camera sent them unless a range is asked for, all others scaled from their range to 0…65535.
 */
export function pngSource(
  engine: Engine,
  frame: Frame,
  recipe: Recipe,
  history: History,
  options: PictureOptions,
): PngSource {
  if (!keepsDepth(frame, recipe)) {
    const { samples, facts } = draw(engine, frame, recipe, history, options);
    return finish(engine, samples, { ...facts, raw: areLevels(frame.sampleType, recipe), offset: 0 });
  }
  checkRecipe(recipe);
  const loaded = load(engine, frame, recipe);
  const coloured = toColours(engine, loaded);
  const { samples: deep, ...meaning } = deepen(engine, coloured, recipe, history, options);
  const { samples, issues } = arrangeAs(engine, deep, loaded.view, frame, recipe);
  const region = regionOf(loaded.view, samples);
  return finish(engine, samples, { ...meaning, region, issues: [...loaded.view.issues, ...issues] });
}

function keepsDepth({ sampleType, codec }: Frame, recipe: Recipe): boolean {
  const plain = isPlain(recipe) && recipe.saturated !== true;
  return plain && codec !== "jpeg" && bytesPerSample(sampleType) > 1;
}

type Deep = Pick<PngSource, "range" | "history" | "statistics" | "raw" | "offset"> & {
  readonly samples: Samples;
};

function deepen(
  engine: Engine,
  { samples, measured }: Coloured,
  recipe: Recipe,
  history: History,
  options: PictureOptions,
): Deep {
  const { exports, memory } = engine;
  const { sampleType, address } = samples;
  const count = countOf(samples);
  const raw = recipe.range.kind === "default" && bytesPerSample(sampleType) === 2;
  const wish: Recipe = raw ? { ...recipe, range: { kind: "full" } } : recipe;
  const found = findRange(engine, measured, wish, history, options);
  if (raw) {
    const lifted = sampleType === "int16";
    if (lifted) accept(exports.liftSigned(address, count), "liftSigned");
    return { ...found, samples: { ...samples, sampleType: "uint16" }, raw, offset: lifted ? 32768 : 0 };
  }
  const { low, high } = found.range;
  const target = memory.take(2 * count);
  accept(exports.scaleDeep(sampleCode(sampleType), address, count, target, low, high), "scaleDeep");
  return { ...found, samples: { ...samples, address: target, sampleType: "uint16" }, raw, offset: 0 };
}

function finish(
  engine: Engine,
  samples: Samples,
  facts: Omit<PngSource, "samples" | "width" | "height" | "channels" | "depth">,
): PngSource {
  const together = interleaved(engine, samples);
  const deep = together.sampleType === "uint16";
  const count = countOf(together);
  const { address, width, height, colourMode } = together;
  const view = engine.memory.view(address, deep ? 2 * count : count);
  const numbers = deep ? new Uint16Array(view.buffer, view.byteOffset, count) : view;
  const channels = colourMode === "mono" ? 1 : 3;
  return { ...facts, samples: numbers, width, height, channels, depth: deep ? 16 : 8 };
}

function interleaved({ exports, memory }: Engine, samples: Samples): Samples {
  const { address, width, height, sampleType, colourMode } = samples;
  if (colourMode === "mono" || colourMode === "rgb1") return samples;
  const bytes = bytesPerSample(sampleType);
  const row = width * bytes;
  const target = memory.take(3 * row * height);
  const [runs, step] = colourMode === "rgb2" ? [height, row] : [1, row * height];
  for (let run = 0; run < runs; run++) {
    const from = address + 3 * step * run;
    const to = target + 3 * step * run;
    accept(exports.interleave(bytes, from, from + step, from + 2 * step, step / bytes, to), "interleave");
  }
  return { ...samples, address: target, colourMode: "rgb1" };
}

import type { CameraFrame } from "../source/index.ts";

/** Words of a frame that tell what it looks like. */
const SHAPE_WORDS = [
  "width",
  "height",
  "sampleType",
  "colourMode",
  "planes",
  "bayer",
  "codec",
  "reverseX",
  "reverseY",
] as const satisfies readonly (keyof CameraFrame)[];

/** What a frame looks like; part of the status. */
export type Shape = Pick<CameraFrame, (typeof SHAPE_WORDS)[number]>;

/** The shape of a frame: `before` itself, if that is the same. */
export function shapeOf(frame: CameraFrame, before: Shape | undefined): Shape {
  if (before !== undefined && SHAPE_WORDS.every((word) => before[word] === frame[word])) return before;
  const words = SHAPE_WORDS.filter((word) => frame[word] !== undefined).map((word) => [word, frame[word]]);
  return Object.fromEntries(words) as Shape;
}

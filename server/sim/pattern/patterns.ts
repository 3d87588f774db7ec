import type { PatternName } from "../vocabulary.ts";
import { bars } from "./bars.ts";
import { beam } from "./beam.ts";
import { diffraction } from "./diffraction.ts";
import { gradient } from "./gradient.ts";
import { noise } from "./noise.ts";
import type { Pattern } from "./painter.ts";

/** The pattern of each name. */
export const PATTERN_OF: Readonly<Record<PatternName, Pattern>> = {
  beam,
  diffraction,
  bars,
  noise,
  gradient,
};

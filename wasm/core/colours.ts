/** Stage: every mode of a frame becomes one whose samples are grey or R, G and B. */
import type { Engine, Samples } from "./engine.ts";
import { COLOUR_MODES } from "./frame.ts";
import type { ColourMode, FrameMode } from "./frame.ts";
import { FrameError } from "./frame-check.ts";
import type { Loaded } from "./load.ts";

/** Mono and RGB frames as they are. */
export function toColours(_engine: Engine, { samples }: Loaded): Samples {
  if (isColourMode(samples)) return samples;
  throw new FrameError("bad-colour-mode", `colour mode ${samples.colourMode} is not drawn`);
}

function isColourMode(samples: Samples<FrameMode>): samples is Samples {
  return COLOUR_MODES.includes(samples.colourMode as ColourMode);
}

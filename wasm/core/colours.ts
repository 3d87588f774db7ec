/** Stage: every mode of a frame becomes one whose samples are grey or R, G and B. */
import { demosaic } from "./bayer.ts";
import type { Engine, Samples } from "./engine.ts";
import { COLOUR_MODES } from "./frame.ts";
import type { ColourMode, FrameMode } from "./frame.ts";
import type { Loaded } from "./load.ts";
import { yuvToRgb } from "./yuv.ts";

/** Samples in colours, and those that their range is found in. */
export interface Coloured {
  readonly samples: Samples;
  /** The same, but of a Bayer frame what the camera measured: a third as many, with the same extremes. */
  readonly measured: Samples;
}

/** Mono and RGB frames as they are, others as rgb3. */
export function toColours(engine: Engine, { samples, view }: Loaded): Coloured {
  if (isColoured(samples)) return { samples, measured: samples };
  if (view.bayer !== undefined) {
    const measured: Samples = { ...samples, colourMode: "mono" };
    return { samples: demosaic(engine, samples, view.bayer), measured };
  }
  const made = yuvToRgb(engine, samples);
  return { samples: made, measured: made };
}

function isColoured(samples: Samples<FrameMode>): samples is Samples {
  return COLOUR_MODES.includes(samples.colourMode as ColourMode);
}

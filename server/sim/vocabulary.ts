import type { ColourMode, SampleType } from "../../wasm/core/index.ts";

/** What a simulated camera looks at. */
export const PATTERNS = ["beam", "diffraction", "bars", "noise", "gradient"] as const;
export type PatternName = (typeof PATTERNS)[number];

/** How colour is laid out in the array; the words of ADCore's ColorMode in lower case. */
export const COLOURS = ["mono", "rgb1", "rgb2", "rgb3"] as const satisfies readonly ColourMode[];

/** Everything a camera name says; sizes in pixels, rate in frames a second. */
export interface CameraSpec {
  readonly pattern: PatternName;
  readonly width: number;
  readonly height: number;
  readonly sampleType: SampleType;
  readonly colourMode: ColourMode;
  readonly framesPerSecond: number;
}

/** What a name that gives only the pattern means: the kind of camera usually pointed at such a thing. */
export const DEFAULTS: Readonly<Record<PatternName, Omit<CameraSpec, "pattern">>> = {
  beam: { width: 1024, height: 1024, sampleType: "uint8", colourMode: "mono", framesPerSecond: 25 },
  diffraction: { width: 1024, height: 1024, sampleType: "uint16", colourMode: "mono", framesPerSecond: 10 },
  bars: { width: 1280, height: 720, sampleType: "uint8", colourMode: "rgb1", framesPerSecond: 25 },
  noise: { width: 640, height: 480, sampleType: "uint8", colourMode: "mono", framesPerSecond: 25 },
  gradient: { width: 1024, height: 768, sampleType: "uint16", colourMode: "mono", framesPerSecond: 25 },
};

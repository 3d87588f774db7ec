/** The door of the core: pixels in, pictures out. Runs unchanged in Bun, in workers and in browsers. */
export { Core } from "./core.ts";
export { CoreError } from "./errors.ts";
export {
  SAMPLE_TYPES,
  COLOUR_MODES,
  FrameError,
  bytesPerSample,
  checkFrame,
  frameBytes,
  samplesPerPixel,
} from "./frame.ts";
export { supportedBuild } from "./module.ts";
export { DEFAULT_RECIPE, RecipeError, parseRecipe, recipeKey } from "./recipe.ts";
export type { CoreOptions, Picture } from "./core.ts";
export type { CoreErrorCode } from "./errors.ts";
export type { ColourMode, Frame, FrameErrorCode, FrameShape, SampleType } from "./frame.ts";
export type { CoreBuild } from "./module.ts";
export type { AppliedRange, RangeIssue } from "./range.ts";
export type { EncoderWish, RangeWish, Recipe, Subsampling } from "./recipe.ts";

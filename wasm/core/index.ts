/** The door of the core: pixels in, pictures out. Runs unchanged in Bun, in workers and in browsers. */
export {
  SAMPLE_TYPES,
  COLOUR_MODES,
  FrameError,
  bytesPerSample,
  checkFrame,
  frameBytes,
  samplesPerPixel,
} from "./frame.ts";
export { DEFAULT_RECIPE, RecipeError, parseRecipe, recipeKey } from "./recipe.ts";
export { CoreError } from "./errors.ts";
export type { ColourMode, Frame, FrameErrorCode, FrameShape, SampleType } from "./frame.ts";
export type { EncoderWish, RangeWish, Recipe, Subsampling } from "./recipe.ts";
export type { CoreErrorCode } from "./errors.ts";

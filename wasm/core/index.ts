/** The door of the core: pixels in, pictures out. Runs unchanged in Bun, in workers and in browsers. */
export { Core } from "./core.ts";
export { CoreError } from "./errors.ts";
export {
  BAYER_PATTERNS,
  CODECS,
  COLOUR_MODES,
  FRAME_MODES,
  SAMPLE_TYPES,
  bytesPerSample,
  pixelsPerGroup,
  samplesPerGroup,
  samplesPerPixel,
} from "./frame.ts";
export { FrameError, checkFrame, frameBytes } from "./frame-check.ts";
export { readJpegHeader } from "./jpeg-header.ts";
export { rangeFrom } from "./find-range.ts";
export { canStripe, mergeMeasurements, planStripes } from "./jpeg-stripes.ts";
export { supportedBuild } from "./module.ts";
export { DEFAULT_RECIPE, MAPS, RecipeError } from "./recipe.ts";
export { checkRecipe } from "./recipe-check.ts";
export { recipeKey } from "./recipe-key.ts";
export { LARGEST_SIDE, RECIPE_OPTIONS, parseRecipe } from "./recipe-parse.ts";
export { UnpackError } from "./unpack-error.ts";
export { passThrough } from "./pass-through.ts";
export type { CoreOptions } from "./core.ts";
export type { CoreErrorCode } from "./errors.ts";
export type { BayerPattern, Codec, ColourMode, Frame, FrameMode, FrameShape, SampleType } from "./frame.ts";
export type { FrameErrorCode } from "./frame-check.ts";
export type { Inflaters } from "./inflaters.ts";
export type { JpegHeader } from "./jpeg-header.ts";
export type { Stripe, StripeOptions } from "./jpeg-stripes.ts";
export type { CoreBuild } from "./module.ts";
export type {
  FileOptions,
  History,
  Picture,
  PictureFacts,
  PictureIssue,
  PictureOptions,
  Region,
  Statistics,
} from "./picture.ts";
export type { PngSource } from "./png-source.ts";
export type { SteadyRange } from "./steady-range.ts";
export { needsMeasurement } from "./range.ts";
export type { AppliedRange, Measurement, RangeIssue } from "./range.ts";
export type {
  ColourMap,
  CurveWish,
  EncoderWish,
  Flip,
  RangeWish,
  Recipe,
  RecipeErrorCode,
  Rectangle,
  Rotation,
  Subsampling,
} from "./recipe.ts";
export type { UnpackErrorCode } from "./unpack-error.ts";
export type { DecodedJpeg, JpegDecoder } from "./unpack-jpeg.ts";
export type { Unpacked } from "./unpacked.ts";

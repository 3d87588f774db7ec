export { EncodeError, type EncodeErrorCode } from "./encode-error.ts";
export { PLACEHOLDERS, SNAPSHOTS } from "./encoder.ts";
export type {
  Asker,
  EncodedPicture,
  EncodeJob,
  Encoder,
  EncoderName,
  EncoderReport,
  Party,
} from "./encoder.ts";
export type { PlaceholderJob, PlaceholderPainter } from "./placeholder.ts";
export type { EncodedNpy, EncodedPng, NpyEncoder, NpyJob, PngEncoder, PngJob } from "./snapshot-files.ts";
export { EncoderChoice, type EncodeLoad, type EncoderDecision } from "./choice.ts";
export { type EncoderPool, type EncoderPoolOptions, startEncoderPool } from "./pool.ts";

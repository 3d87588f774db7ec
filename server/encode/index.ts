export { EncodeError, type EncodeErrorCode } from "./encode-error.ts";
export type { EncodedPicture, EncodedPng, EncodeJob, Encoder, EncoderName, PngJob } from "./encoder.ts";
export { EncoderChoice, type EncodeLoad, type EncoderDecision } from "./choice.ts";
export { type EncoderPoolOptions, startEncoderPool } from "./pool.ts";

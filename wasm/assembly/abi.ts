/**
 * The numbers that host and core agree on. The host's copy is wasm/core/abi.ts; tests/wasm/abi.test.ts holds them together.
 * Any change of a number, a signature or a block's layout raises ABI_VERSION.
 */
export const ABI_VERSION: i32 = 2;

/** Sample types: the order of NDDataType_t (ADCore, NDAttribute.h). */
export namespace Sample {
  export const INT8: i32 = 0;
  export const UINT8: i32 = 1;
  export const INT16: i32 = 2;
  export const UINT16: i32 = 3;
  export const INT32: i32 = 4;
  export const UINT32: i32 = 5;
  export const INT64: i32 = 6;
  export const UINT64: i32 = 7;
  export const FLOAT32: i32 = 8;
  export const FLOAT64: i32 = 9;
}

/** Colour modes: NDColorMode_t (ADCore, NDArray.h). Codes 1 (Bayer) and 5 to 7 (YUV) reach no kernel: theirs have exports of their own. */
export namespace Colour {
  export const MONO: i32 = 0;
  /** Pixel interleave: R G B R G B … */
  export const RGB1: i32 = 2;
  /** Row interleave: a row of R, a row of G, a row of B, the next row of R … */
  export const RGB2: i32 = 3;
  /** Planar: all R, all G, all B. */
  export const RGB3: i32 = 4;
}

/**
 * What an export answers: a count (≥ 0) or one of these. The table with their meaning for people is in wasm/README.md.
 * The host checks its own arguments first, so a code that arrives there is a fault of the host, OUTPUT_FULL excepted.
 */
export namespace Result {
  export const OK: i32 = 0;
  /** Not a sample type code. */
  export const BAD_SAMPLE_TYPE: i32 = -1;
  /** Not a colour mode code that this export knows. */
  export const BAD_COLOUR_MODE: i32 = -2;
  /** Zero, or larger than the format can say. */
  export const BAD_SIZE: i32 = -3;
  /** Not low < high, or a bound that is not finite. */
  export const BAD_RANGE: i32 = -4;
  /** An option outside its values (quality, subsampling, bytes per sample). */
  export const BAD_OPTION: i32 = -5;
  /** The output region is too small for the result. */
  export const OUTPUT_FULL: i32 = -6;
  /** Packed bytes end where more are needed. The five from here on leave their numbers in the words of unpack/fault.ts. */
  export const TRUNCATED: i32 = -7;
  /** They become more bytes than were declared. */
  export const TOO_LONG: i32 = -8;
  /** They become fewer. */
  export const TOO_SHORT: i32 = -9;
  /** They repeat bytes from before the first one. */
  export const BAD_DISTANCE: i32 = -10;
  /** They begin with numbers that cannot be. */
  export const BAD_HEADER: i32 = -11;
}

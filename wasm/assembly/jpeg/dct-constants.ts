/** Constants of the accurate integer DCT (fdct.ts): libjpeg's, and what they come to when multiplied out. */

/** Fraction bits of the constants below. */
export const CONST_BITS: i32 = 13;
/** Fraction bits that the rows' results keep for the columns: as many as 16 bits have room for. */
export const PASS1_BITS: i32 = 2;

/** jfdctint.c's constants times 2^13. */
export const F_0_298: i32 = 2446; // 0.298631336
export const F_0_390: i32 = 3196; // 0.390180644
export const F_0_541: i32 = 4433; // 0.541196100
export const F_0_765: i32 = 6270; // 0.765366865
export const F_0_899: i32 = 7373; // 0.899976223
export const F_1_175: i32 = 9633; // 1.175875602
export const F_1_501: i32 = 12299; // 1.501321110
export const F_1_847: i32 = 15137; // 1.847759065
export const F_1_961: i32 = 16069; // 1.961570560
export const F_2_053: i32 = 16819; // 2.053119869
export const F_2_562: i32 = 20995; // 2.562915447
export const F_3_072: i32 = 25172; // 3.072711026

/**
 * The same transform multiplied out. With s0…s3 the sums and d0…d3 the differences of inputs mirrored about the middle
 * (s0 = x0 + x7, d0 = x0 − x7, …), each output is one row of a 4 × 4 matrix times them. All before the rounding shift is
 * exact integer arithmetic, so the sums of the constants above give the same numbers as the butterflies do.
 *
 *     out2 = s0·E + s1·F − s2·F − s3·E        out6 = s0·F − s1·G + s2·G − s3·F
 *     out1 = d0·11363 + d1·9633 + d2·6437 + d3·2260   and so on
 */
export const ONE: i16 = 8192; // 1.0
export const E: i16 = <i16>(F_0_541 + F_0_765); // 1.306562965 = √2·cos(π/8)
export const F: i16 = <i16>F_0_541; // 0.541196100 = √2·cos(3π/8)
export const G: i16 = <i16>(F_1_847 - F_0_541); // 1.306562965, one unit above E: the constants were rounded first

export const A10: i16 = <i16>(F_1_501 - F_0_899 - F_0_390 + F_1_175); //  1.387039845 = √2·cos(π/16)
export const A11: i16 = <i16>F_1_175; //  1.175875602 = √2·cos(3π/16)
export const A12: i16 = <i16>(F_1_175 - F_0_390); //  0.785694958 = √2·cos(5π/16)
export const A13: i16 = <i16>(F_1_175 - F_0_899); //  0.275899379 = √2·cos(7π/16)

export const A30: i16 = <i16>F_1_175; //  1.175875602
export const A31: i16 = <i16>(F_3_072 - F_2_562 - F_1_961 + F_1_175); // −0.275899379
export const A32: i16 = <i16>(F_1_175 - F_2_562); // −1.387039845
export const A33: i16 = <i16>(F_1_175 - F_1_961); // −0.785694958

export const A50: i16 = <i16>(F_1_175 - F_0_390); //  0.785694958
export const A51: i16 = <i16>(F_1_175 - F_2_562); // −1.387039845
export const A52: i16 = <i16>(F_2_053 - F_2_562 - F_0_390 + F_1_175); //  0.275899379
export const A53: i16 = <i16>F_1_175; //  1.175875602

export const A70: i16 = <i16>(F_1_175 - F_0_899); //  0.275899379
export const A71: i16 = <i16>(F_1_175 - F_1_961); // −0.785694958
export const A72: i16 = <i16>F_1_175; //  1.175875602
export const A73: i16 = <i16>(F_0_298 - F_0_899 - F_1_961 + F_1_175); // −1.387039845

/** Eight samples of 128 times the weight 1.0: what the level shift takes from the rows' first output. */
export const LEVEL_SHIFT: i32 = (8 * 128) << CONST_BITS;

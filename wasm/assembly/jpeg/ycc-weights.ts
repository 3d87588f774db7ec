/**
 * RGB → YCbCr of JFIF (ITU-T T.871, 7: full-range BT.601) with libjpeg's fixed-point numbers (jccolor.c), 16 fraction
 * bits. Y is rounded to nearest; Cb and Cr have one half less one unit, so that 255.5 does not become 256.
 *
 *     Y  =  0.29900 R + 0.58700 G + 0.11400 B
 *     Cb = −0.16874 R − 0.33126 G + 0.50000 B + 128
 *     Cr =  0.50000 R − 0.41869 G − 0.08131 B + 128
 */
export const Y_R: i32 = 19595; // 0.29900
export const Y_G: i32 = 38470; // 0.58700
export const Y_B: i32 = 7471; // 0.11400
export const CB_R: i32 = 11059; // 0.16874, taken away
export const CB_G: i32 = 21709; // 0.33126, taken away
export const HALF: i32 = 32768; // 0.50000
export const CR_G: i32 = 27439; // 0.41869, taken away
export const CR_B: i32 = 5329; // 0.08131, taken away

/** What is added before the shift: one half for Y; 128 and one half less one unit for Cb, Cr. */
export const Y_OFFSET: i32 = 1 << 15;
export const C_OFFSET: i32 = (128 << 16) + (1 << 15) - 1;

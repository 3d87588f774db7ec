/** The forward DCT one coefficient at a time: the truth that fdct-simd.ts is held to. */
import {
  CONST_BITS,
  PASS1_BITS,
  F_0_298,
  F_0_390,
  F_0_541,
  F_0_765,
  F_0_899,
  F_1_175,
  F_1_501,
  F_1_847,
  F_1_961,
  F_2_053,
  F_2_562,
  F_3_072,
} from "./dct-constants";

/** Rounds to nearest, halves up, and takes `bits` fraction bits away: libjpeg's DESCALE. */
function descale(value: i32, bits: i32): i32 {
  return (value + (1 << (bits - 1))) >> bits;
}

export function fdctScalar(source: usize, stride: usize, block: usize): void {
  for (let v: usize = 0; v < 8; v++) rowScalar(source + v * stride, block + v * 16);
  for (let u: usize = 0; u < 8; u++) columnScalar(block + u * 2);
}

function rowScalar(source: usize, row: usize): void {
  const x0 = <i32>load<u8>(source);
  const x1 = <i32>load<u8>(source, 1);
  const x2 = <i32>load<u8>(source, 2);
  const x3 = <i32>load<u8>(source, 3);
  const x4 = <i32>load<u8>(source, 4);
  const x5 = <i32>load<u8>(source, 5);
  const x6 = <i32>load<u8>(source, 6);
  const x7 = <i32>load<u8>(source, 7);
  const s0 = x0 + x7;
  const s1 = x1 + x6;
  const s2 = x2 + x5;
  const s3 = x3 + x4;
  store<i16>(row, <i16>((s0 + s1 + s2 + s3 - 8 * 128) << PASS1_BITS));
  store<i16>(row, <i16>((s0 - s1 - s2 + s3) << PASS1_BITS), 8);
  rotations(row, 2, CONST_BITS - PASS1_BITS, s0 - s3, s1 - s2, x0 - x7, x1 - x6, x2 - x5, x3 - x4);
}

function columnScalar(column: usize): void {
  const x0 = <i32>load<i16>(column);
  const x1 = <i32>load<i16>(column, 16);
  const x2 = <i32>load<i16>(column, 32);
  const x3 = <i32>load<i16>(column, 48);
  const x4 = <i32>load<i16>(column, 64);
  const x5 = <i32>load<i16>(column, 80);
  const x6 = <i32>load<i16>(column, 96);
  const x7 = <i32>load<i16>(column, 112);
  const s0 = x0 + x7;
  const s1 = x1 + x6;
  const s2 = x2 + x5;
  const s3 = x3 + x4;
  store<i16>(column, <i16>descale(s0 + s1 + s2 + s3, PASS1_BITS));
  store<i16>(column, <i16>descale(s0 - s1 - s2 + s3, PASS1_BITS), 64);
  rotations(column, 16, CONST_BITS + PASS1_BITS, s0 - s3, s1 - s2, x0 - x7, x1 - x6, x2 - x5, x3 - x4);
}

/** Outputs 1, 2, 3, 5, 6, 7 of either pass, `step` bytes apart; e0 = s0 − s3, e1 = s1 − s2. jfdctint.c's figures. */
function rotations(
  at: usize,
  step: usize,
  bits: i32,
  e0: i32,
  e1: i32,
  d0: i32,
  d1: i32,
  d2: i32,
  d3: i32,
): void {
  const e = (e0 + e1) * F_0_541;
  store<i16>(at + 2 * step, <i16>descale(e + e0 * F_0_765, bits));
  store<i16>(at + 6 * step, <i16>descale(e - e1 * F_1_847, bits));

  const z5 = (d3 + d1 + d2 + d0) * F_1_175;
  const z1 = (d3 + d0) * -F_0_899;
  const z2 = (d2 + d1) * -F_2_562;
  const z3 = (d3 + d1) * -F_1_961 + z5;
  const z4 = (d2 + d0) * -F_0_390 + z5;
  store<i16>(at + 7 * step, <i16>descale(d3 * F_0_298 + z1 + z3, bits));
  store<i16>(at + 5 * step, <i16>descale(d2 * F_2_053 + z2 + z4, bits));
  store<i16>(at + 3 * step, <i16>descale(d1 * F_3_072 + z2 + z3, bits));
  store<i16>(at + step, <i16>descale(d0 * F_1_501 + z1 + z4, bits));
}

/**
 * Bytes of eight rows brought together by columns: pairs of rows interleaved, then pairs of pairs, then fours.
 *
 *   row 0  a0 a1 a2 …        a0 b0 c0 d0 e0 f0 g0 h0 a1 b1 c1 d1 e1 f1 g1 h1
 *   row 1  b0 b1 b2 …   ─→   a2 b2 …
 *   …
 */

/**
 * `columns` (a multiple of 16) at `source` of eight rows `row` bytes apart to 8 × columns bytes at `target`. Answers
 * whether any is not zero; if none is, they are written all the same.
 */
export function gather8(source: usize, row: usize, columns: usize, target: usize): bool {
  let some = i8x16.splat(0);
  const end = source + columns;
  for (; source < end; source += 16, target += 128) {
    const a = v128.load(source);
    const b = v128.load(source + row);
    const c = v128.load(source + 2 * row);
    const d = v128.load(source + 3 * row);
    const e = v128.load(source + 4 * row);
    const f = v128.load(source + 5 * row);
    const g = v128.load(source + 6 * row);
    const h = v128.load(source + 7 * row);
    const set = v128.or(v128.or(v128.or(a, b), v128.or(c, d)), v128.or(v128.or(e, f), v128.or(g, h)));
    some = v128.or(some, set);
    if (!v128.any_true(set)) {
      for (let at: usize = 0; at < 128; at += 16) v128.store(target + at, set);
      continue;
    }
    const ab = v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const cd = v128.shuffle<u8>(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const ef = v128.shuffle<u8>(e, f, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const gh = v128.shuffle<u8>(g, h, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const ad = v128.shuffle<u16>(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11);
    const eh = v128.shuffle<u16>(ef, gh, 0, 8, 1, 9, 2, 10, 3, 11);
    v128.store(target, v128.shuffle<u32>(ad, eh, 0, 4, 1, 5));
    v128.store(target, v128.shuffle<u32>(ad, eh, 2, 6, 3, 7), 16);
    const adHigh = v128.shuffle<u16>(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15);
    const ehHigh = v128.shuffle<u16>(ef, gh, 4, 12, 5, 13, 6, 14, 7, 15);
    v128.store(target, v128.shuffle<u32>(adHigh, ehHigh, 0, 4, 1, 5), 32);
    v128.store(target, v128.shuffle<u32>(adHigh, ehHigh, 2, 6, 3, 7), 48);
    const abNext = v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const cdNext = v128.shuffle<u8>(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const efNext = v128.shuffle<u8>(e, f, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const ghNext = v128.shuffle<u8>(g, h, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const adNext = v128.shuffle<u16>(abNext, cdNext, 0, 8, 1, 9, 2, 10, 3, 11);
    const ehNext = v128.shuffle<u16>(efNext, ghNext, 0, 8, 1, 9, 2, 10, 3, 11);
    v128.store(target, v128.shuffle<u32>(adNext, ehNext, 0, 4, 1, 5), 64);
    v128.store(target, v128.shuffle<u32>(adNext, ehNext, 2, 6, 3, 7), 80);
    const adLast = v128.shuffle<u16>(abNext, cdNext, 4, 12, 5, 13, 6, 14, 7, 15);
    const ehLast = v128.shuffle<u16>(efNext, ghNext, 4, 12, 5, 13, 6, 14, 7, 15);
    v128.store(target, v128.shuffle<u32>(adLast, ehLast, 0, 4, 1, 5), 96);
    v128.store(target, v128.shuffle<u32>(adLast, ehLast, 2, 6, 3, 7), 112);
  }
  return v128.any_true(some);
}

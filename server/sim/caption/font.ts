/** Digits are drawn 5 wide and 7 high; with the gap, a digit takes 6 columns. */
export const GLYPH_HEIGHT = 7;
export const GLYPH_ADVANCE = 6;

/** One string of 7 rows for each digit; `#` is bright. */
const DIGITS = [
  ".###. #...# #..## #.#.# ##..# #...# .###.",
  "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
  ".###. #...# ....# ...#. ..#.. .#... #####",
  "##### ...#. ..#.. ...#. ....# #...# .###.",
  "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
  "##### #.... ####. ....# ....# #...# .###.",
  "..##. .#... #.... ####. #...# #...# .###.",
  "##### ....# ...#. ..#.. .#... .#... .#...",
  ".###. #...# #...# .###. #...# #...# .###.",
  ".###. #...# #...# .#### ....# ...#. .##..",
].map((rows) => rows.split(" "));

/** Whether the dot at `column`, `row` of a digit (0–9) is bright; the gap beside it and rows outside are dark. */
export function glyphDot(digit: number, column: number, row: number): boolean {
  return DIGITS[digit]?.[row]?.[column] === "#";
}

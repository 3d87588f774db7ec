/**
 * A font of fixed width for pictures that have no other: printable ASCII and what units need besides. Drawn for this
 * project after the 5 × 7 letters of character displays, with two rows more below the line:
 *
 *     g    row 0  00000  0        Each digit (base 32) is a row from the top, five pixels, the leftmost in the highest bit.
 *              1  00000  0        Row 6 is the last above the line.
 *              2  01111  f
 *              3  10001  h
 *              4  10001  h
 *              5  10001  h
 *              6  01111  f
 *              7  00001  1
 *              8  01110  e        "00fhhhf1e"
 */
// prettier-ignore
const GLYPHS: readonly (readonly [character: string, rows: string])[] = [
  [" ", "000000000"], ["!", "444440400"], ["\"", "aaa000000"], ["#", "aavavaa00"], ["$", "4fke5u400"],
  ["%", "op248j300"], ["&", "cik8lid00"], ["'", "448000000"], ["(", "248884200"], [")", "842224800"],
  ["*", "04lel4000"], ["+", "044v44000"], [",", "00000cc48"], ["-", "000v00000"], [".", "00000cc00"],
  ["/", "11248gg00"], ["0", "ehjlphe00"], ["1", "4c4444e00"], ["2", "eh1248v00"], ["3", "v2421he00"],
  ["4", "26aiv2200"], ["5", "vgu11he00"], ["6", "68guhhe00"], ["7", "v12488800"], ["8", "ehhehhe00"],
  ["9", "ehhf12c00"], [":", "0cc0cc000"], [";", "0cc00cc48"], ["<", "248g84200"], ["=", "00v0v0000"],
  [">", "842124800"], ["?", "eh1240400"], ["@", "eh1dlle00"], ["A", "ehhhvhh00"], ["B", "uhhuhhu00"],
  ["C", "ehggghe00"], ["D", "sihhhis00"], ["E", "vgguggv00"], ["F", "vgguggg00"], ["G", "ehgnhhf00"],
  ["H", "hhhvhhh00"], ["I", "e44444e00"], ["J", "72222ic00"], ["K", "hikokih00"], ["L", "ggggggv00"],
  ["M", "hrllhhh00"], ["N", "hhpljhh00"], ["O", "ehhhhhe00"], ["P", "uhhuggg00"], ["Q", "ehhhlid00"],
  ["R", "uhhukih00"], ["S", "fgge11u00"], ["T", "v44444400"], ["U", "hhhhhhe00"], ["V", "hhhhha400"],
  ["W", "hhhllla00"], ["X", "hha4ahh00"], ["Y", "hhha44400"], ["Z", "v1248gv00"], ["[", "e88888e00"],
  ["\\", "gg8421100"], ["]", "e22222e00"], ["^", "4ah000000"], ["_", "0000000v0"], ["`", "842000000"],
  ["a", "00e1fhf00"], ["b", "ggmphhu00"], ["c", "00ehghe00"], ["d", "11djhhf00"], ["e", "00ehvge00"],
  ["f", "698s88800"], ["g", "00fhhhf1e"], ["h", "ggmphhh00"], ["i", "40c444e00"], ["j", "2062222ic"],
  ["k", "ggikoki00"], ["l", "c44444e00"], ["m", "00qllhh00"], ["n", "00mphhh00"], ["o", "00ehhhe00"],
  ["p", "00uhhhugg"], ["q", "00fhhhf11"], ["r", "00mpggg00"], ["s", "00fge1u00"], ["t", "88s889600"],
  ["u", "00hhhjd00"], ["v", "00hhha400"], ["w", "00hhlla00"], ["x", "00ha4ah00"], ["y", "00hhhhf1e"],
  ["z", "00v248v00"], ["{", "244844200"], ["|", "444444400"], ["}", "844244800"], ["~", "008l20000"],
  ["°", "ciic00000"], ["μ", "00hhhjtgg"], ["ß", "ciimhhmgg"], ["Ω", "ehhhaar00"],
];

/** Pixels of a letter. */
export const GLYPH_WIDTH = 5;
export const GLYPH_HEIGHT = 9;

/** What is drawn where the font has no letter: a box. */
const BOX = rowsOf("vhhhhhv00");

const FONT: ReadonlyMap<string, readonly number[]> = new Map(
  GLYPHS.map(([character, rows]) => [character, rowsOf(rows)]),
);

/** Whether the font has a letter for it. */
export function hasGlyph(character: string): boolean {
  return FONT.has(character);
}

/** The rows of a character from the top, each of five bits, the leftmost pixel in the highest; a box if there is none. */
export function glyphOf(character: string): readonly number[] {
  return FONT.get(character) ?? BOX;
}

function rowsOf(digits: string): readonly number[] {
  return Array.from(digits, (digit) => Number.parseInt(digit, 32));
}

/** Words from anywhere, drawn into the samples of a picture. */
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphOf, hasGlyph } from "./font.ts";

/** A letter and the space to the next one; a line and the space to the next one; in pixels of the font. */
const CELL_WIDTH = GLYPH_WIDTH + 1;
const CELL_HEIGHT = GLYPH_HEIGHT + 2;

/** The letters are so large that a picture has about so many columns and rows of them, if the words then fit. */
const COLUMNS = 34;
const ROWS = 10;

/** Most characters of a line that are looked at: a name from the network may have any length. */
const LONGEST_LINE = 500;

/** A picture of 8-bit samples, row by row, `channels` samples a pixel. */
export interface Canvas {
  readonly samples: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Lines that fit, and how many pixels of the picture one of the font is. */
interface Layout {
  readonly lines: readonly string[];
  readonly scale: number;
}

/**
 * Draws lines of text in white, centred, as large as they fit. Long lines are wrapped; in a picture that is too small for
 * all of them, the last ones are left out.
 */
export function letter(canvas: Canvas, lines: readonly string[]): void {
  const { lines: fitting, scale } = layOut(lines.map(harmless), canvas.width, canvas.height);
  const top = Math.max(0, (canvas.height - fitting.length * CELL_HEIGHT * scale) >> 1);
  fitting.forEach((line, row) => {
    const left = (canvas.width - line.length * CELL_WIDTH * scale + scale) >> 1;
    drawLine(canvas, line, Math.max(0, left), top + row * CELL_HEIGHT * scale, scale);
  });
}

/**
 * What can be drawn of a text: accents go, for the font has none; typographic marks become those of typewriters; white
 * space becomes spaces; what controls (line ends, direction, joining) goes; each other character that the font has not
 * becomes U+FFFD, which is drawn as a box.
 */
export function harmless(text: string): string {
  const plain = text
    .slice(0, LONGEST_LINE)
    .normalize("NFKD")
    .replace(/[‘’‚‛]/gu, "'")
    .replace(/[“”„‟«»]/gu, '"')
    .replace(/[‐‑‒–—―−]/gu, "-")
    .replaceAll("×", "x")
    .replace(/\s+/gu, " ")
    .replace(/[\p{Cc}\p{Cf}\p{M}]/gu, "")
    .trim();
  return Array.from(plain, (character) => (hasGlyph(character) ? character : "\uFFFD")).join("");
}

/** The largest letters with which all lines fit, from the wanted size down; with the smallest, as many lines as fit. */
function layOut(lines: readonly string[], width: number, height: number): Layout {
  const wanted = Math.min(width / (COLUMNS * CELL_WIDTH), height / (ROWS * CELL_HEIGHT));
  for (let scale = Math.max(1, Math.round(wanted)); ; scale--) {
    // The last letter and the last line need no space behind them.
    const columns = Math.floor((width + scale) / (CELL_WIDTH * scale));
    const rows = Math.floor((height + 2 * scale) / (CELL_HEIGHT * scale));
    const wrapped = columns < 1 ? [] : lines.flatMap((line) => wrap(line, columns));
    if (wrapped.length <= rows || scale === 1) return { lines: wrapped.slice(0, rows), scale };
  }
}

/** Breaks between words, and within those that are longer than a line. */
function wrap(line: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(" ", columns);
    const end = space > 0 ? space : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

function drawLine(canvas: Canvas, line: string, left: number, top: number, scale: number): void {
  for (let column = 0; column < line.length; column++) {
    const x = left + column * CELL_WIDTH * scale;
    glyphOf(line.charAt(column)).forEach((bits, row) => {
      for (let pixel = 0; pixel < GLYPH_WIDTH; pixel++) {
        if (((bits >> (GLYPH_WIDTH - 1 - pixel)) & 1) === 1)
          fillSquare(canvas, x + pixel * scale, top + row * scale, scale);
      }
    });
  }
}

/** Whatever lies outside the picture is not drawn. */
function fillSquare({ samples, width, height, channels }: Canvas, x: number, y: number, side: number): void {
  const right = Math.min(x + side, width);
  for (let row = y; row < Math.min(y + side, height); row++) {
    samples.fill(255, (row * width + x) * channels, (row * width + right) * channels);
  }
}

import { bayerPatternOf, type Colour } from "./vocabulary.ts";
import type { SampleWriter } from "./samples.ts";

/** Writes row `y` of a part from levels 0 (darkest) to 1, one a pixel or red, green, blue next to each other. */
export type RowWriter = (y: number, levels: Float32Array) => void;

/** The part of a frame that is written. */
export interface Part {
  readonly colour: Colour;
  readonly width: number;
  readonly height: number;
  /** Row of the frame at which the part begins: a Bayer pattern goes on across parts. */
  readonly top: number;
}

/** Writes rows of levels as samples in the layout of the part's colour. */
export function rowWriter(part: Part, write: SampleWriter): RowWriter {
  if (bayerPatternOf(part.colour) !== undefined) return bayerRows(part, write);
  const group = YUV_GROUPS.get(part.colour);
  return group === undefined ? plainRows(part, write) : yuvRows(part.width, group, write);
}

/** Sample of column x, row y, channel c: `x*column + y*row + c*channel`. */
function plainRows({ colour, width, height }: Part, write: SampleWriter): RowWriter {
  const channels = colour === "mono" ? 1 : 3;
  const column = colour === "rgb1" ? 3 : 1;
  const row = colour === "rgb1" || colour === "rgb2" ? 3 * width : width;
  const channel = colour === "rgb1" ? 1 : colour === "rgb2" ? width : width * height;
  return (y, levels) => {
    for (let x = 0, from = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) write(x * column + y * row + c * channel, levels[from++]!);
    }
  };
}

const RED = 0;
const GREEN = 1;
const BLUE = 2;

/** One colour a pixel. The letters of a pattern name the colours of the frame's first 2 × 2 pixels, row by row. */
function bayerRows({ colour, width, top }: Part, write: SampleWriter): RowWriter {
  const sites = Array.from(bayerPatternOf(colour) ?? "", (letter) =>
    letter === "r" ? RED : letter === "g" ? GREEN : BLUE,
  );
  return (y, levels) => {
    const odd = 2 * ((top + y) & 1);
    for (let x = 0; x < width; x++) write(y * width + x, levels[3 * x + sites[odd + (x & 1)]!]!);
  };
}

/** Where in a group of samples each of its pixels has its Y; U and V are those of the group's mean colour. */
interface YuvGroup {
  readonly u: number;
  readonly v: number;
  readonly y: readonly number[];
}

const YUV_GROUPS: ReadonlyMap<Colour, YuvGroup> = new Map<Colour, YuvGroup>([
  ["yuv444", { u: 0, y: [1], v: 2 }],
  ["yuv422", { u: 0, y: [1, 3], v: 2 }],
  ["yuv411", { u: 0, y: [1, 2, 4, 5], v: 3 }],
]);

/** Full-range BT.601 (ITU-T T.871, section 7): Y from 0 to 1, U and V round one half. */
function yuvRows(width: number, group: YuvGroup, write: SampleWriter): RowWriter {
  const pixels = group.y.length;
  const rowSamples = (width / pixels) * (pixels + 2);
  return (y, levels) => {
    for (let x = 0, at = y * rowSamples; x < width; x += pixels, at += pixels + 2) {
      let [red, green, blue] = [0, 0, 0];
      for (let pixel = 0; pixel < pixels; pixel++) {
        const from = 3 * (x + pixel);
        const [r, g, b] = [levels[from]!, levels[from + 1]!, levels[from + 2]!];
        write(at + group.y[pixel]!, 0.299 * r + 0.587 * g + 0.114 * b);
        red += r / pixels;
        green += g / pixels;
        blue += b / pixels;
      }
      // 128 of 255 is no colour.
      write(at + group.u, clamp(128 / 255 - 0.168736 * red - 0.331264 * green + 0.5 * blue));
      write(at + group.v, clamp(128 / 255 + 0.5 * red - 0.418688 * green - 0.081312 * blue));
    }
  };
}

function clamp(level: number): number {
  return Math.min(1, Math.max(0, level));
}

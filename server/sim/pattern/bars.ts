import type { Painter, Scene } from "./painter.ts";

type Rgb = readonly [number, number, number];

/** White, yellow, cyan, green, magenta, red, blue, black at 75 % (EBU Tech 3325), brightest first. */
const BARS: readonly Rgb[] = [
  [0.75, 0.75, 0.75],
  [0.75, 0.75, 0],
  [0, 0.75, 0.75],
  [0, 0.75, 0],
  [0.75, 0, 0.75],
  [0.75, 0, 0],
  [0, 0, 0.75],
  [0, 0, 0],
];
/** The part of the height below the bars that shows a grey ramp from dark to bright. */
const RAMP_SHARE = 0.25;

/** Television's colour bars, wandering to the left, over a grey ramp that stands still. */
export function bars({ width, height, channels, phase }: Scene): Painter {
  const barRow = new Float32Array(width * channels);
  const rampRow = new Float32Array(width * channels);
  for (let x = 0; x < width; x++) {
    const bar = BARS[Math.floor(8 * ((x / width + phase) % 1))]!;
    write(barRow, x, channels, bar);
    const grey = width > 1 ? x / (width - 1) : 0.5;
    write(rampRow, x, channels, [grey, grey, grey]);
  }
  const rampFrom = Math.ceil(height * (1 - RAMP_SHARE));
  return { row: (y, into) => into.set(y < rampFrom ? barRow : rampRow) };
}

/** A monochrome camera sees the luminance (BT.601) of each bar. */
function write(row: Float32Array, x: number, channels: 1 | 3, [red, green, blue]: Rgb): void {
  if (channels === 1) row[x] = 0.299 * red + 0.587 * green + 0.114 * blue;
  else row.set([red, green, blue], 3 * x);
}

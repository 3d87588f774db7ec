import type { Painter, Scene } from "./painter.ts";

/** A diagonal ramp through all levels, wandering; in colour, the channels run a third apart. Shows banding. */
export function gradient({ width, height, channels, phase }: Scene): Painter {
  return {
    row(y, into) {
      for (let x = 0, out = 0; x < width; x++) {
        const ramp = x / width + y / height + phase;
        for (let channel = 0; channel < channels; channel++) into[out++] = triangle(ramp + channel / 3);
      }
    },
  };
}

/** Up from 0 to 1 and down again with period 1. */
function triangle(position: number): number {
  return 1 - Math.abs(2 * (position % 1) - 1);
}

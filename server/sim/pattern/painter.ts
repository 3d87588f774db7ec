/** What a pattern is asked to draw. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  /** 1: one level a pixel; 3: red, green, blue next to each other. */
  readonly channels: 1 | 3;
  /** Place in the loop of pictures, 0 ≤ phase < 1; a pattern at 1 looks as at 0. */
  readonly phase: number;
}

/**
 * Draws one picture row by row, so that a picture of any size needs no second picture's memory.
 * `row(y, into)` fills `into` (width × channels) with levels from 0 (darkest) to 1 (brightest).
 */
export interface Painter {
  row(y: number, into: Float32Array): void;
}

/** A pattern: prepares what all rows of one picture share. Equal scenes give equal pictures. */
export type Pattern = (scene: Scene) => Painter;

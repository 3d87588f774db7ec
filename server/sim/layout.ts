import type { ColourMode } from "../../wasm/core/index.ts";

/**
 * Where the sample of column x, row y, channel c lies: `x*column + y*row + c*channel`, in samples.
 * The strides and dimension orders are those of ADCore's NDArray::getInfo (dimension 0 varies fastest):
 *
 *     mono [X,Y]   rgb1 [3,X,Y] RGBRGB…   rgb2 [X,3,Y] RR… GG… BB… line by line   rgb3 [X,Y,3] plane by plane
 */
export interface Layout {
  readonly channels: 1 | 3;
  readonly column: number;
  readonly row: number;
  readonly channel: number;
  /** Separate planes: 3 for rgb3, else 1; rows are contiguous within a plane. */
  readonly planes: 1 | 3;
  readonly samples: number;
  /** Sizes as `dimension[]` lists them. */
  readonly dimensions: readonly number[];
}

/** The layout of an image of `width` × `height` pixels. */
export function layoutOf(colourMode: ColourMode, width: number, height: number): Layout {
  const samples = width * height * 3;
  switch (colourMode) {
    case "mono":
      return {
        channels: 1,
        column: 1,
        row: width,
        channel: 0,
        planes: 1,
        samples: width * height,
        dimensions: [width, height],
      };
    case "rgb1":
      return {
        channels: 3,
        column: 3,
        row: 3 * width,
        channel: 1,
        planes: 1,
        samples,
        dimensions: [3, width, height],
      };
    case "rgb2":
      return {
        channels: 3,
        column: 1,
        row: 3 * width,
        channel: width,
        planes: 1,
        samples,
        dimensions: [width, 3, height],
      };
    case "rgb3":
      return {
        channels: 3,
        column: 1,
        row: width,
        channel: width * height,
        planes: 3,
        samples,
        dimensions: [width, height, 3],
      };
  }
}

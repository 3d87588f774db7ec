import type { Colour } from "./vocabulary.ts";

/**
 * How the samples of an image lie, as ADCore's NDArray::getInfo has it (dimension 0 varies fastest):
 *
 *     mono, bayer [X,Y]   rgb1 [3,X,Y] RGBRGB…   rgb2 [X,3,Y] RR… GG… BB… line by line   rgb3 [X,Y,3] plane by plane
 *
 * ADCore names YUV modes but no dimensions for them; here, one byte a sample:
 *
 *     yuv444 [3,X,Y] U Y V   yuv422 [2,X,Y] U Y V Y   yuv411 [3X/2,Y] U Y Y V Y Y
 */
export interface Layout {
  /** Levels a pixel that a pattern draws: 1, or red, green, blue. */
  readonly channels: 1 | 3;
  /** Separate planes: 3 for rgb3, else 1; rows are contiguous within a plane. */
  readonly planes: 1 | 3;
  /** Samples from a row to the one below it in the same plane. */
  readonly rowSamples: number;
  readonly samples: number;
  /** Sizes as `dimension[]` lists them. */
  readonly dimensions: readonly number[];
}

/** The layout of an image of `width` × `height` pixels. The width suits the colour: even for yuv422, 4 n for yuv411. */
export function layoutOf(colour: Colour, width: number, height: number): Layout {
  const one = (channels: 1 | 3, rowSamples: number, dimensions: readonly number[]): Layout => ({
    channels,
    planes: 1,
    rowSamples,
    samples: rowSamples * height,
    dimensions,
  });
  switch (colour) {
    case "mono":
      return one(1, width, [width, height]);
    case "rgb1":
    case "yuv444":
      return one(3, 3 * width, [3, width, height]);
    case "rgb2":
      return one(3, 3 * width, [width, 3, height]);
    case "rgb3":
      return { ...one(3, width, [width, height, 3]), planes: 3, samples: 3 * width * height };
    case "yuv422":
      return one(3, 2 * width, [2, width, height]);
    case "yuv411":
      return one(3, 1.5 * width, [1.5 * width, height]);
    default:
      return one(3, width, [width, height]);
  }
}

import { BAYER_PATTERNS, FRAME_MODES, LARGEST_SIDE, MAPS } from "../../wasm/core/index.ts";

/** A schema of JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>;

/** One thing that may be asked behind `?`. */
export interface OptionEntry {
  readonly name: string;
  /** What it is, for people; Markdown. */
  readonly about: string;
  readonly schema: Schema;
  readonly example: string;
}

const NUMBER = "[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?";
const PAIR = `\\s*${NUMBER}\\s*,\\s*${NUMBER}\\s*`;

const words = (...allowed: readonly string[]): Schema => ({ type: "string", enum: allowed });
const text = (pattern: string): Schema => ({ type: "string", pattern: `^(${pattern})$` });
const whole = (minimum: number, maximum?: number): Schema => ({
  type: "integer",
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
});

/** Options of a picture: those that `parseRecipe` reads, and no others. */
export const PICTURE_ENTRIES: readonly OptionEntry[] = [
  {
    name: "range",
    about:
      "Which sample values are black and white: `auto` (smallest to largest), `auto:LO,HI` (percentiles), `full` (all of the type), or `LO,HI`. Without it uint8 is shown as it is, and all others as with `auto`.",
    schema: text(`auto|full|(auto:)?${PAIR}`),
    example: "auto:1,99.9",
  },
  {
    name: "curve",
    about: "How levels rise between black and white. Without it `linear`.",
    schema: text(`linear|log|sqrt|gamma:${NUMBER}`),
    example: "gamma:2.2",
  },
  { name: "map", about: "Colours for grey levels.", schema: words(...MAPS), example: "viridis" },
  {
    name: "saturated",
    about: "`on` paints samples above the range red, those below it, and those that are no numbers, blue.",
    schema: words("on", "off"),
    example: "on",
  },
  {
    name: "colour",
    about: "What the samples are, whatever the camera says.",
    schema: words("auto", ...FRAME_MODES),
    example: "rgb3",
  },
  {
    name: "bayer",
    about: "The Bayer pattern, whatever the camera says; `off` shows the mosaic.",
    schema: words("auto", ...BAYER_PATTERNS, "off"),
    example: "off",
  },
  { name: "plane", about: "Which picture of a stack, from 0.", schema: whole(0, 2 ** 31 - 1), example: "3" },
  {
    name: "roi",
    about: "A region, `X,Y,W,H` in pixels of the array; what reaches over the edge is cut off.",
    schema: text("\\s*\\d{1,10}\\s*(,\\s*\\d{1,10}\\s*){3}"),
    example: "100,50,640,480",
  },
  {
    name: "width",
    about: "Pixels of the picture; with one of `width` and `height` the aspect is kept.",
    schema: whole(1, LARGEST_SIDE),
    example: "320",
  },
  { name: "height", about: "See `width`.", schema: whole(1, LARGEST_SIDE), example: "240" },
  {
    name: "scale",
    about: "The picture's size as a factor, instead of `width` and `height`.",
    schema: { type: "number", exclusiveMinimum: 0, maximum: 64 },
    example: "0.5",
  },
  {
    name: "flip",
    about: "`x` left and right, `y` top and bottom; after the region.",
    schema: words("x", "y", "xy"),
    example: "x",
  },
  {
    name: "rotate",
    about: "Degrees, clockwise; after flipping.",
    schema: words("90", "180", "270"),
    example: "90",
  },
  {
    name: "reverse",
    about: "`undo` turns dimensions back that the camera reads out in reverse.",
    schema: words("keep", "undo"),
    example: "undo",
  },
  { name: "quality", about: "Of a JPEG.", schema: whole(1, 100), example: "75" },
  {
    name: "subsampling",
    about: "Of colour in a JPEG.",
    schema: words("420", "422", "444"),
    example: "444",
  },
  {
    name: "encoder",
    about: "Of a JPEG; `mozjpeg` makes smaller files and is slower.",
    schema: words("auto", "fast", "mozjpeg"),
    example: "fast",
  },
  {
    name: "huffman",
    about: "Tables of a JPEG; `adaptive` are fitted to the picture before and make smaller files.",
    schema: words("standard", "adaptive"),
    example: "adaptive",
  },
  {
    name: "comment",
    about: "`on` writes the frame's time and number into the file.",
    schema: words("on", "off"),
    example: "on",
  },
];

/** Options of moving pictures besides. */
export const VIEWING_ENTRIES: readonly OptionEntry[] = [
  {
    name: "fps",
    about: "Pictures a second at most; `--max-fps` holds besides.",
    schema: { type: "number", minimum: 0.1 },
    example: "5",
  },
  {
    name: "placeholder",
    about:
      "`1` answers with drawn pictures that say the reason where there is no camera, instead of an error; `0` never draws any. Without it they come when a camera is lost that was there.",
    schema: words("0", "1"),
    example: "1",
  },
];

/** How the parts of a multipart answer are laid out. */
export const PARTS_ENTRY: OptionEntry = {
  name: "parts",
  about:
    "`length`: each part says its length; `advance`: the head of the next part follows each picture at once. Without it browsers get `advance`, programs `length`.",
  schema: words("length", "advance"),
  example: "length",
};

/** Options of a socket of pictures besides. */
export const SOCKET_ENTRIES: readonly OptionEntry[] = [
  {
    name: "status",
    about: "`1` adds text messages about the stream, and refuses by a close code.",
    schema: words("0", "1"),
    example: "1",
  },
  {
    name: "ack",
    about: "`1`: the client acknowledges pictures, and at most two are on their way to it.",
    schema: words("0", "1"),
    example: "1",
  },
];

/** Options of single pictures besides. */
export const SNAPSHOT_ENTRIES: readonly OptionEntry[] = [
  {
    name: "maxAge",
    about:
      "How long ago the frame may have come, in milliseconds; `0`: after the request. Without it a second.",
    schema: { type: "number", minimum: 0, maximum: 86_400_000 },
    example: "0",
  },
  {
    name: "format",
    about:
      "The kind of file, whatever the path ends in; the path is then the PV's name as it stands. PNG keeps 16 bits, NPY is the array as the camera sent it (and takes no option but `maxAge`).",
    schema: words("jpg", "jpeg", "png", "npy"),
    example: "png",
  },
  {
    name: "placeholder",
    about: "`1`: where there is no picture, a JPEG that says why, with status 200 and the code in X-Error.",
    schema: words("0", "1"),
    example: "1",
  },
];

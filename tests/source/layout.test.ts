import { expect, test } from "bun:test";
import { layoutOf } from "../../server/source/layout.ts";

const BAYER = 1;
const RGB1 = 2;
const RGB2 = 3;
const RGB3 = 4;
const YUV444 = 5;
const YUV422 = 6;
const YUV411 = 7;

/** What it is, sizes, ColorMode, samples, and the picture: width, height, mode and planes. */
type Row = readonly [string, readonly number[], number | undefined, ...Picture];
type Picture = readonly [width: number, height: number, mode: string, planes?: number];

const ROWS: readonly Row[] = [
  ["one dimension is one row", [7], undefined, 7, 1, "mono"],
  ["two dimensions are columns and rows", [7, 5], undefined, 7, 5, "mono"],
  ["two dimensions announced as mono", [7, 5], 0, 7, 5, "mono"],
  ["one column stays one column", [1, 5], 0, 1, 5, "mono"],
  ["Bayer is a mosaic of two dimensions", [8, 6], BAYER, 8, 6, "bayer"],
  ["RGB1", [3, 7, 5], RGB1, 7, 5, "rgb1"],
  ["RGB2", [7, 3, 5], RGB2, 7, 5, "rgb2"],
  ["RGB3", [7, 5, 3], RGB3, 7, 5, "rgb3"],
  ["the announced dimension counts where several are 3", [3, 3, 3], RGB3, 3, 3, "rgb3"],
  ["colour is inferred where no mode is given, first dimension first", [3, 3, 5], undefined, 3, 5, "rgb1"],
  ["colour is inferred in the second dimension", [7, 3, 5], undefined, 7, 5, "rgb2"],
  ["colour is inferred in the third dimension", [7, 5, 3], undefined, 7, 5, "rgb3"],
  ["colour is inferred where the announced dimension is not 3", [7, 5, 3], RGB1, 7, 5, "rgb3"],
  ["RGB with two dimensions is grey", [7, 5], RGB1, 7, 5, "mono"],
  ["RGB with one dimension is grey", [7], RGB2, 7, 1, "mono"],
  ["RGB of which a region of interest left one channel is grey", [1, 7, 5], RGB1, 7, 5, "mono"],
  ["a stack announced as mono, also when it has 3 planes", [7, 5, 3], 0, 7, 5, "mono", 3],
  ["a stack without a mode and without a 3", [7, 5, 4], undefined, 7, 5, "mono", 4],
  ["a stack of many dimensions has their product of planes", [7, 5, 4, 3], undefined, 7, 5, "mono", 12],
  ["a stack of colour pictures", [3, 7, 5, 4], RGB1, 7, 5, "rgb1", 4],
  [
    "a stack announced as RGB, but without a 3 where it should be, is grey",
    [7, 5, 3, 4],
    RGB1,
    7,
    5,
    "mono",
    12,
  ],
  ["an RGB picture of one row keeps its row", [7, 3, 1], RGB2, 7, 1, "rgb2"],
  ["dimensions of 1 after the third are left out", [3, 7, 5, 1, 1], RGB1, 7, 5, "rgb1"],
  ["one pixel in three dimensions", [1, 1, 1], 0, 1, 1, "mono"],
  ["a mode nobody has defined is as none", [7, 5, 3], 9, 7, 5, "rgb3"],
];

test.each([...ROWS])("%s", (_, sizes, colorMode, width, height, colourMode, planes = 1) => {
  const samples = sizes.reduce((all, size) => all * size, 1);
  expect(layoutOf(sizes, colorMode, samples)).toMatchObject({ width, height, colourMode, planes });
});

const YUV_ROWS: readonly (readonly [string, readonly number[], number, number, ...Picture])[] = [
  ["YUV444 in three dimensions", [3, 8, 5], YUV444, 120, 8, 5, "yuv444"],
  ["YUV444 in rows of samples", [24, 5], YUV444, 120, 8, 5, "yuv444"],
  ["YUV444 in rows of pixels", [8, 5], YUV444, 120, 8, 5, "yuv444"],
  ["YUV422 in three dimensions", [2, 8, 5], YUV422, 80, 8, 5, "yuv422"],
  ["YUV422 in rows of samples", [16, 5], YUV422, 80, 8, 5, "yuv422"],
  ["YUV422 in rows of pixels", [8, 5], YUV422, 80, 8, 5, "yuv422"],
  ["YUV411 in rows of samples", [12, 5], YUV411, 60, 8, 5, "yuv411"],
  ["YUV411 in rows of pixels", [8, 5], YUV411, 60, 8, 5, "yuv411"],
  ["a stack of YUV444", [3, 8, 5, 2], YUV444, 240, 8, 5, "yuv444", 2],
  ["one row of YUV422", [16], YUV422, 16, 8, 1, "yuv422"],
  ["rows that are no whole groups of pixels are grey", [13, 5], YUV411, 65, 13, 5, "mono"],
];

test.each([...YUV_ROWS])("%s", (_, sizes, colorMode, samples, width, height, colourMode, planes = 1) => {
  expect(layoutOf(sizes, colorMode, samples)).toMatchObject({ width, height, colourMode, planes });
});

test.each([
  ["mono", [7, 5], 0, 0, 1],
  ["RGB1", [3, 7, 5], RGB1, 1, 2],
  ["RGB2", [7, 3, 5], RGB2, 0, 2],
  ["RGB3", [7, 5, 3], RGB3, 0, 1],
  ["YUV422", [2, 8, 5], YUV422, 1, 2],
  ["a region of interest that left one colour", [1, 7, 5], RGB1, 1, 2],
] as const)("it tells which dimensions are columns and rows of %s", (_, sizes, colorMode, x, y) => {
  expect(layoutOf(sizes, colorMode, undefined)).toMatchObject({ x, y });
});

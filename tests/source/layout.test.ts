import { expect, test } from "bun:test";
import { layoutOf } from "../../server/source/layout.ts";

const BAYER = 1;
const RGB1 = 2;
const RGB2 = 3;
const RGB3 = 4;

test.each([
  ["one dimension is one row", [7], undefined, 7, 1, "mono"],
  ["two dimensions are columns and rows", [7, 5], undefined, 7, 5, "mono"],
  ["two dimensions announced as mono", [7, 5], 0, 7, 5, "mono"],
  ["one column stays one column", [1, 5], 0, 1, 5, "mono"],
  ["Bayer is shown in grey", [8, 6], BAYER, 8, 6, "mono"],
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
  ["a stack announced as mono shows plane 0, also when it has 3 planes", [7, 5, 3], 0, 7, 5, "mono"],
  ["a stack without a mode and without a 3 shows plane 0", [7, 5, 4], undefined, 7, 5, "mono"],
  ["a stack of many dimensions shows its first plane", [7, 5, 4, 3], undefined, 7, 5, "mono"],
  ["an RGB picture of one row keeps its row", [7, 3, 1], RGB2, 7, 1, "rgb2"],
  ["dimensions of 1 after the third are left out", [3, 7, 5, 1, 1], RGB1, 7, 5, "rgb1"],
  ["one pixel in three dimensions", [1, 1, 1], 0, 1, 1, "mono"],
  ["a mode nobody has defined is as none", [7, 5, 3], 9, 7, 5, "rgb3"],
] as const)("%s", (_, sizes, colorMode, width, height, colourMode) => {
  expect(layoutOf(sizes, colorMode)).toEqual({ width, height, colourMode });
});

test.each([
  [5, "YUV444"],
  [6, "YUV422"],
  [7, "YUV411"],
])("colour mode %d is a fault that names it", (colorMode, name) => {
  expect(() => layoutOf([3, 4, 5], colorMode)).toThrow(
    expect.objectContaining({
      code: "not-an-image",
      kind: "colour-mode",
      message: expect.stringContaining(name) as string,
    }),
  );
});

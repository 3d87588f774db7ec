import { expect, test } from "bun:test";
import { harmless, letter } from "../../server/encode/lettering.ts";

/** A picture of letters, as it is in the samples. */
function drawn(width: number, height: number, lines: readonly string[], channels: 1 | 3 = 1): string[] {
  const samples = new Uint8Array(width * height * channels);
  letter({ samples, width, height, channels }, lines);
  return Array.from({ length: height }, (_, y) =>
    Array.from(samples.subarray(y * width * channels, (y + 1) * width * channels), (level) =>
      level === 255 ? "#" : ".",
    ).join(""),
  );
}

test("letters look like letters, below the line too", () => {
  expect(drawn(17, 9, ["Ag3"])).toEqual([
    ".###........#####",
    "#...#..........#.",
    "#...#..####...#..",
    "#...#.#...#....#.",
    "#####.#...#.....#",
    "#...#.#...#.#...#",
    "#...#..####..###.",
    "..........#......",
    ".......###.......",
  ]);
});

test("what the font has not is a box, one for each character, whatever plane it is of", () => {
  const box = ["#####", "#...#", "#...#", "#...#", "#...#", "#...#", "#####", ".....", "....."];
  for (const character of ["日", "😀", "\uFFFD", "\uE000", "\uD800"])
    expect(drawn(5, 9, [character])).toEqual(box);
});

test("printable ASCII and the signs of units have letters, each its own", () => {
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  const letters = [...ascii, "°", "µ", "Ω", "ß"];
  const pictures = letters.map((character) => drawn(5, 9, [character]).join("\n"));
  expect(new Set(pictures).size).toBe(letters.length);
  expect(pictures).not.toContain(drawn(5, 9, ["日"]).join("\n"));
});

test.each([
  ["cafe\u0301 Ünal … 3×4 “µ”", 'cafe Unal ... 3x4 "μ"'],
  ["a\u202Eb\u200Fc\u2066d\u00ADe", "abcde"],
  ["one\r\ntwo\tthree\u2028four\u0000\u001B[31m", "one two three four[31m"],
  ["  x  ", "x"],
])("%j is drawn as %j", (text, expected) => {
  expect(harmless(text)).toBe(expected);
});

test("a name of any length is cut before it is looked at", () => {
  expect(harmless("x".repeat(1e6))).toBe("x".repeat(500));
});

test("long lines are broken between words, and words that are longer than a line anywhere", () => {
  const broken = drawn(35, 60, ["to be CAM:12345"]);
  const lines = drawn(35, 60, ["to be", "CAM:12", "345"]);
  expect(broken).toEqual(lines);
});

test("letters grow with the picture, and shrink until all of them fit", () => {
  const height = (picture: readonly string[]): number => picture.filter((row) => row.includes("#")).length;
  expect(height(drawn(640, 480, ["H"]))).toBe(7 * 3);
  expect(height(drawn(1280, 960, ["H"]))).toBe(7 * 6);
  const many = drawn(640, 480, Array<string>(20).fill("H"));
  expect(many.filter((row) => row.includes("#"))).toHaveLength(20 * 7 * 2);
});

test.each([
  [32, 24],
  [5, 9],
  [4, 9],
  [5, 8],
  [1, 1],
  [4096, 1],
  [1, 4096],
])("in a picture of %d × %d only what fits is drawn", (width, height) => {
  const picture = drawn(width, height, ["Disconnected", "CAM1", "12:00"], 3);
  expect(picture.join("")).toHaveLength(3 * width * height);
  expect(picture.join("").includes("#")).toBe(width >= 5 && height >= 9);
});

test("in colour, letters are white", () => {
  const grey = drawn(40, 20, ["white"]);
  expect(drawn(40, 20, ["white"], 3)).toEqual(grey.map((row) => row.replace(/./gu, "$&$&$&")));
});

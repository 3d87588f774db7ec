import { expect, test } from "bun:test";
import { addressOf } from "../../server/http/address.ts";
import { Refusal } from "../../server/http/refusal.ts";
import { parseViewing, type Viewing } from "../../server/http/viewing.ts";
import { DEFAULT_RECIPE, RECIPE_OPTIONS, recipeKey } from "../../wasm/core/index.ts";

function view(path: string): Viewing {
  return parseViewing(addressOf(new Request(`http://pc1${path}`)), "/mjpg/", {});
}

function refused(path: string): Refusal {
  try {
    view(path);
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error(`${path} was not refused`);
}

test.each([
  ["/mjpg/CAM:PVA:OUTPUT", "CAM:PVA:OUTPUT"],
  ["/mjpg/A/B//C", "A/B//C"],
  ["/mjpg/A%2FB%3AC%3Fd", "A/B:C?d"],
  ["/mjpg/CAM%C2%B5", "CAMµ"],
  ["/mjpg/SIM:beam:64x48:uint16@100", "SIM:beam:64x48:uint16@100"],
  ["/mjpg/pva://CAM:PVA:OUTPUT", "CAM:PVA:OUTPUT"],
  ["/mjpg/pva%3A%2F%2FA/B", "A/B"],
  ["/mjpg/PVA:CAM", "PVA:CAM"],
])("the PV of %s is %s", (path, pv) => {
  expect(view(path).pv).toBe(pv);
});

test.each(["/mjpg/pva://10.0.0.1:5075/CAM", "/mjpg/pva://pva://10.0.0.1:5075/CAM"])(
  "%s names a PV to be searched for, and not a server to connect to",
  (path) => {
    expect(view(path).pv).toBe("10.0.0.1:5075/CAM");
  },
);

test("a viewer that asks for nothing gets the defaults", () => {
  expect(view("/mjpg/CAM")).toEqual({
    pv: "CAM",
    recipe: DEFAULT_RECIPE,
    fps: undefined,
    parts: undefined,
    placeholder: undefined,
    status: false,
    ack: false,
  });
});

test("placeholders are always drawn, or never, where that is asked for", () => {
  expect(view("/mjpg/CAM?placeholder=1").placeholder).toBe("always");
  expect(view("/mjpg/CAM?placeholder=0").placeholder).toBe("never");
});

test.each([
  "/mjpg/",
  "/mjpg/pva://",
  "/mjpg/%ZZ",
  "/mjpg/%80",
  "/mjpg/A%00B",
  "/mjpg/A%0AB",
  "/mjpg/A%20B",
  `/mjpg/${"x".repeat(501)}`,
])("%s names no PV", (path) => {
  expect(refused(path)).toMatchObject({ code: "bad-pv-name", status: 400 });
});

test.each([
  ["range", "5,1"],
  ["quality", "0"],
  ["subsampling", "411"],
  ["encoder", "best"],
  ["range", "auto:99,1"],
  ["curve", "gamma:0"],
  ["map", "rainbow"],
  ["saturated", "1"],
  ["colour", "cmyk"],
  ["bayer", "rgbg"],
  ["plane", "-1"],
  ["roi", "0,0,0,5"],
  ["width", "0"],
  ["height", "1e9"],
  ["scale", "0"],
  ["flip", "yx"],
  ["rotate", "45"],
  ["reverse", "yes"],
  ["huffman", "best"],
  ["fps", "0"],
  ["fps", "NaN"],
  ["fps", "Infinity"],
  ["fps", ""],
  ["parts", "both"],
  ["status", "yes"],
])("%s=%s is refused with the name, the value and what is allowed", (option, value) => {
  const { status, code, message, details } = refused(`/mjpg/CAM?${option}=${value}`);
  expect({ status, code }).toEqual({ status: 400, code: "bad-option" });
  expect(details).toMatchObject({ pv: "CAM", option, value });
  expect(details.allowed).not.toBeEmpty();
  expect(message).toContain(`${option}=${value}`);
});

test("options that contradict each other are refused, naming the one that should go", () => {
  const { status, details } = refused("/mjpg/CAM?scale=0.5&width=100");
  expect({ status, ...details }).toMatchObject({ status: 400, option: "scale", value: "0.5" });
});

test("every option of a picture is read from the query", () => {
  const query =
    "range=auto:1,99&curve=gamma:2.2&map=viridis&saturated=on&colour=bayer&bayer=grbg&plane=2&roi=8,4,100,50" +
    "&width=320&height=200&flip=xy&rotate=90&quality=50&subsampling=444&encoder=fast&reverse=undo&huffman=adaptive";
  expect(view(`/mjpg/CAM?${query}&fps=5`)).toMatchObject({
    fps: 5,
    recipe: {
      range: { kind: "percentile", low: 1, high: 99 },
      curve: { kind: "gamma", gamma: 2.2 },
      map: "viridis",
      saturated: true,
      colour: "bayer",
      bayer: "grbg",
      plane: 2,
      roi: { x: 8, y: 4, width: 100, height: 50 },
      width: 320,
      height: 200,
      flip: "xy",
      rotate: "90",
      quality: 50,
      subsampling: "444",
      encoder: "fast",
      undoReverse: true,
      adaptiveHuffman: true,
    },
  });
});

test.each([
  ["range=0,4095&map=viridis", "map=viridis&range=0,4095.0"],
  ["", "map=grey&curve=linear&saturated=off&colour=auto&bayer=auto&plane=0&scale=1&reverse=keep&t=17"],
  ["curve=gamma:2", "curve=gamma:2.0"],
  ["range=auto", "range=auto:0,100"],
])("?%s and ?%s are one recipe, so that their viewers share every picture", (one, other) => {
  const key = (query: string): string => recipeKey(view(`/mjpg/CAM?${query}`).recipe);
  expect(key(one)).toBe(key(other));
});

test("the README's table has every option of a picture, and its examples are allowed", async () => {
  const readme = await Bun.file(new URL("../../README.md", import.meta.url)).text();
  const rows = readme.split("\n").filter((line) => /^\| `\w+`.*`\w+=[^`]+` +\|$/u.test(line));
  const named = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`(\w+)`/gu)].map(([, name]) => name!));
  expect(named.toSorted()).toEqual([...RECIPE_OPTIONS, "fps"].toSorted());
  for (const row of rows) view(`/mjpg/CAM?${/`(\w+=[^`]+)` +\|$/u.exec(row)![1]}`);
});

test("an option that is not known is refused, because a picture without it would not be what was asked for", () => {
  const { details, message } = refused("/mjpg/CAM?colormap=viridis");
  expect(details).toMatchObject({ option: "colormap", value: "viridis" });
  expect(message).toContain(
    "range, quality, subsampling, encoder, curve, map, saturated, colour, bayer, plane, roi",
  );
  expect(message).toEndWith("fps, parts, placeholder, status, ack.");
});

test.each(["?t=1699", "?_=1", "?1699999999", "?TimeStamp=5", "?"])(
  "the cache-buster %s is let pass",
  (query) => {
    expect(view(`/mjpg/CAM${query}`).pv).toBe("CAM");
  },
);

test("the last of several equal options counts", () => {
  expect(view("/mjpg/CAM?fps=1&fps=2.5").fps).toBe(2.5);
});

test("what is quoted back is bounded", () => {
  expect(refused(`/mjpg/CAM?quality=${"9".repeat(5000)}`).message.length).toBeLessThan(200);
});

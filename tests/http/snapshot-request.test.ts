import { expect, test } from "bun:test";
import { addressOf } from "../../server/http/address.ts";
import { Refusal } from "../../server/http/refusal.ts";
import { parseSnapshot, type SnapshotRequest } from "../../server/http/snapshot-request.ts";
import { DEFAULT_RECIPE, RECIPE_OPTIONS } from "../../wasm/core/index.ts";

function parse(path: string, accept: string | null = null): SnapshotRequest {
  return parseSnapshot(addressOf(new Request(`http://pc1/snapshot/${path}`)), "/snapshot/", accept, {});
}

function refused(path: string): Refusal {
  try {
    parse(path);
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error(`${path} was not refused`);
}

test("without any wish it is a JPEG of a frame that came at most a second ago", () => {
  expect(parse("CAM:PVA:OUTPUT")).toEqual({
    pv: "CAM:PVA:OUTPUT",
    wish: { format: "jpg", recipe: DEFAULT_RECIPE },
    maxAgeMs: 1000,
    placeholder: false,
  });
});

test.each([
  ["CAM.jpg", "CAM", "jpg"],
  ["CAM.JPEG", "CAM", "jpg"],
  ["A/B.png", "A/B", "png"],
  ["CAM.npy", "CAM", "npy"],
  ["pva://CAM.npy", "CAM", "npy"],
  ["CAM.png.jpg", "CAM.png", "jpg"],
  ["CAM.jpg?format=jpg", "CAM.jpg", "jpg"],
  ["CAM.jpg?format=PNG", "CAM.jpg", "png"],
  ["CAM?format=npy", "CAM", "npy"],
  ["CAM?format=png&format=jpeg", "CAM", "jpg"],
  ["CAM.gif", "CAM.gif", "jpg"],
  ["CAM.png?t=17", "CAM", "png"],
])("%s is of the PV %s, as %s", (path, pv, format) => {
  const request = parse(path);
  expect([request.pv, request.wish.format]).toEqual([pv, format]);
});

test.each([
  [null, "jpg"],
  ["", "jpg"],
  ["*/*", "jpg"],
  ["image/png", "png"],
  ["IMAGE/PNG;q=0.5", "png"],
  ["application/x-npy", "npy"],
  ["application/octet-stream, image/png;q=0.1", "png"],
  ["image/jpeg;q=0, image/png", "png"],
  ["image/jpeg;q=0.0, application/octet-stream", "npy"],
  ["text/html", "jpg"],
  // What Firefox and Chromium send for an <img>, and for a page.
  ["image/avif,image/jxl,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", "jpg"],
  ["image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "jpg"],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,image/png,*/*;q=0.8", "jpg"],
])("whoever accepts %p gets %s", (accept, format) => {
  expect(parse("CAM", accept).wish.format).toBe(format as "jpg");
});

test("an ending outweighs the Accept header, and format both", () => {
  expect(parse("CAM.jpg", "image/png").wish.format).toBe("jpg");
  expect(parse("CAM.jpg?format=npy", "image/png")).toMatchObject({ pv: "CAM.jpg", wish: { format: "npy" } });
});

test.each([
  ["0", 0],
  ["12.5", 12.5],
  ["86400000", 86_400_000],
])("maxAge=%s is %d ms", (text, maxAgeMs) => {
  expect(parse(`CAM?maxAge=${text}`).maxAgeMs).toBe(maxAgeMs);
});

test.each([
  ["maxAge", "-1"],
  ["maxAge", ""],
  ["maxAge", "1e3"],
  ["maxAge", "NaN"],
  ["maxAge", "86400001"],
  ["format", "gif"],
  ["format", ""],
  ["placeholder", "yes"],
  ["quality", "0"],
])("%s=%s is refused with the name, the value and what is allowed", (option, value) => {
  const { status, code, details } = refused(`CAM?${option}=${value}`);
  expect({ status, code }).toEqual({ status: 400, code: "bad-option" });
  expect(details).toMatchObject({ pv: "CAM", option, value });
  expect(details.allowed).not.toBeEmpty();
});

test.each(["jpg", "png"])("a %s is drawn by every option of a picture", (format) => {
  const { wish } = parse(`CAM.${format}?map=viridis&roi=8,4,100,50&rotate=90`);
  expect(wish).toMatchObject({
    format,
    recipe: { map: "viridis", roi: { x: 8, y: 4, width: 100, height: 50 }, rotate: "90" },
  });
});

test.each([
  ["CAM.npy?map=viridis", "map", "maxAge, format."],
  ["CAM.png?placeholder=1", "placeholder", "comment, maxAge, format."],
  ["CAM?fps=5", "fps", "comment, maxAge, format, placeholder."],
])("%s asks for what such a file does not have, and is told what there is", (path, option, told) => {
  const { details, message } = refused(path);
  expect(details.option).toBe(option);
  expect(message).toEndWith(told);
});

test.each(["", ".jpg", "%ZZ.png", "A%20B.jpg", "?format=jpg"])("%p names no PV", (path) => {
  expect(refused(path)).toMatchObject({ code: "bad-pv-name", status: 400 });
});

test("the options of a picture are those of a moving one", () => {
  const { message } = refused("CAM?nonsense=1");
  expect(message).toContain(RECIPE_OPTIONS.join(", "));
});

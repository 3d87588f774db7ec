import { expect, test } from "bun:test";
import { addressOf } from "../../server/http/address.ts";
import { Refusal } from "../../server/http/refusal.ts";
import { parseViewing, type Viewing } from "../../server/http/viewing.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";

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
])("the PV of %s is %s", (path, pv) => {
  expect(view(path).pv).toBe(pv);
});

test("a viewer that asks for nothing gets the defaults", () => {
  expect(view("/mjpg/CAM")).toEqual({
    pv: "CAM",
    recipe: DEFAULT_RECIPE,
    fps: undefined,
    parts: undefined,
    status: false,
  });
});

test.each([
  "/mjpg/",
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

test("an option that is not known is refused, because a picture without it would not be what was asked for", () => {
  const { details, message } = refused("/mjpg/CAM?colormap=viridis");
  expect(details).toMatchObject({ option: "colormap", value: "viridis" });
  expect(message).toContain("range, quality, subsampling, encoder, fps, parts, status");
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

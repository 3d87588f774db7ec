import { describe, expect, test } from "bun:test";
import type { StatusMessage } from "../../server/http/protocol.ts";
import { dropFacts, pictureFacts } from "../../server/viewer/picture-facts.ts";

const drops = { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };
const bare: StatusMessage = {
  type: "status",
  pv: "A",
  state: "live",
  reason: "",
  cameraFps: 25,
  encodedFps: 25,
  viewers: 1,
  drops,
};
const facts = (status: Partial<StatusMessage>, fps = 25): string =>
  pictureFacts({ ...bare, ...status }, fps)
    .join(" · ")
    .replaceAll("\u00a0", " ");

describe("the facts of a picture", () => {
  test("are rate, size, type, range and encoder", () => {
    const status = { width: 2048, height: 1024, sampleType: "uint16", colourMode: "mono", encoder: "fast" };
    expect(facts({ ...status, range: { low: 12, high: 4095 } }, 24.96)).toBe(
      "25.0 fps · 2048 × 1024 · uint16 mono · range 12 – 4095 · fast encoder",
    );
  });

  test("leave out what is not known", () => {
    expect(facts({})).toBe("25.0 fps");
    expect(facts({}, 0)).toBe("");
    expect(facts({ state: "connecting" })).toBe("");
    expect(facts({ state: "stalled", sampleType: "int8" })).toBe("int8");
  });

  test("name the camera's own rate where it is clearly higher", () => {
    expect(facts({ cameraFps: 100 }, 29.97)).toBe("30.0 of 100 fps");
    expect(facts({ cameraFps: 26 }, 25)).toBe("25.0 fps");
  });

  test("write colour modes as areaDetector does, also ones this page does not know", () => {
    expect(facts({ state: "stalled", sampleType: "uint8", colourMode: "rgb2" })).toBe("uint8 RGB2");
    expect(facts({ state: "stalled", colourMode: "bayer", bayer: "gbrg" })).toBe("Bayer GBRG");
    expect(facts({ state: "stalled", colourMode: "cmyk" })).toBe("cmyk");
  });

  const region = { x: 0, y: 0, width: 200, height: 100, plane: 0 };
  const whole = { region, width: 200, height: 100, issues: [], source: "fast" };
  const shape = { state: "stalled", width: 200, height: 100 } as const;

  test.each([
    ["200 × 100 · fast encoder", { ...shape, picture: whole }],
    ["200 × 100 · fast encoder", { ...shape, picture: { ...whole, width: 100, height: 200 } }],
    [
      "200 × 100 · drawn 100 × 50 · fast encoder",
      { ...shape, picture: { ...whole, width: 100, height: 50 } },
    ],
    [
      "50 × 20 at 30, 40 of 200 × 100 · fast encoder",
      {
        ...shape,
        picture: {
          ...whole,
          region: { x: 30, y: 40, width: 50, height: 20, plane: 0 },
          width: 50,
          height: 20,
        },
      },
    ],
    [
      "200 × 100 · plane 2 of 0 – 9 · fast encoder",
      { ...shape, planes: 10, picture: { ...whole, region: { ...region, plane: 2 } } },
    ],
  ] as const)("say %s", (words, status) => {
    expect(facts(status)).toBe(words);
  });

  test("tell how the camera packs its images, and whether its own file is shown", () => {
    expect(facts({ ...shape, codec: "none", encoder: "fast" })).toBe("200 × 100 · fast encoder");
    expect(facts({ ...shape, codec: "bslz4" })).toBe("200 × 100 · packed as bitshuffle LZ4");
    expect(facts({ ...shape, codec: "jpeg", encoder: "fast", picture: { ...whole, source: "camera" } })).toBe(
      "200 × 100 · packed as JPEG · the camera’s own JPEG",
    );
  });

  test("shorten ranges of floats, not of counts", () => {
    expect(facts({ state: "stalled", range: { low: -0.123456, high: 123456.789 } })).toBe(
      "range -0.1235 – 123500",
    );
    expect(facts({ state: "stalled", range: { low: 0, high: 65535 } })).toBe("range 0 – 65535");
    expect(facts({ state: "stalled", range: { low: 0, high: 18446744073709552000 } })).toBe(
      "range 0 – 18450000000000000000",
    );
    expect(facts({ state: "stalled", range: { low: 0, high: 3.2e-9 } })).toBe("range 0 – 3.2e-9");
  });

  test("never break within one fact", () => {
    expect(pictureFacts({ ...bare, width: 4, height: 3 }, 25).some((fact) => fact.includes(" "))).toBe(false);
  });
});

test("frames that were not shown are named by their cause, in the order of their way", () => {
  expect(dropFacts({ ...bare, drops: { ...drops, paced: 1234, overrun: 2 } })).toEqual([
    "2 lost before this server",
    "1,234 left out by the frame rate limit",
  ]);
  expect(dropFacts(bare)).toEqual([]);
});

import { describe, expect, test } from "bun:test";
import { parseStatusMessage } from "../../server/viewer/status-message.ts";

const full = {
  type: "status",
  pv: "A",
  state: "live",
  reason: "images arrive",
  width: 4,
  height: 3,
  sampleType: "uint16",
  colourMode: "mono",
  range: { low: 0, high: 9 },
  cameraFps: 25,
  encodedFps: 24.5,
  viewers: 2,
  encoder: "fast",
  planes: 3,
  bayer: "gbrg",
  codec: "lz4",
  reverseX: true,
  reverseY: false,
  failure: "bad-recipe",
  picture: {
    region: { x: 1, y: 2, width: 3, height: 1, plane: 2 },
    width: 30,
    height: 10,
    issues: ["roi-clamped"],
    source: "camera",
  },
  drops: { overrun: 1, skipped: 2, paced: 3, slow: 4, failed: 5 },
} as const;

describe("a status message", () => {
  test("is taken as it is", () => {
    expect(parseStatusMessage(JSON.stringify(full))).toEqual(full);
  });

  test("may carry words that this page does not know", () => {
    expect(parseStatusMessage(JSON.stringify({ ...full, mood: "fine" }))).toEqual(full);
  });

  for (const text of [
    "",
    "{",
    "null",
    "[]",
    "7",
    '{"type":"other","state":"live"}',
    '{"type":"status","state":"?"}',
  ])
    test(`is not ${JSON.stringify(text)}`, () => {
      expect(parseStatusMessage(text)).toBeUndefined();
    });

  test("keeps of a picture's issues only names", () => {
    const picture = { ...full.picture, issues: ["map-ignored", 7, null] };
    expect(parseStatusMessage(JSON.stringify({ ...full, picture }))?.picture?.issues).toEqual([
      "map-ignored",
    ]);
  });

  test("loses what has the wrong type, so that the page never shows it", () => {
    const wrong = {
      width: "<b>",
      height: null,
      sampleType: 7,
      range: { low: 1 },
      viewers: {},
      drops: [],
      codec: 1,
      reverseX: "no",
    };
    const picture = { region: { x: 1 }, width: 3, height: 3, source: "fast", issues: "none" };
    const read = parseStatusMessage(JSON.stringify({ type: "status", state: "stalled", ...wrong, picture }));
    expect(read).toEqual({
      type: "status",
      state: "stalled",
      pv: "",
      reason: "",
      cameraFps: 0,
      encodedFps: 0,
      viewers: 0,
      drops: { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 },
    });
  });
});

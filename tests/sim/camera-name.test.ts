import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { bytesPerSample, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { CameraNameError, formatCameraName, parseCameraName } from "../../server/sim/camera-name.ts";
import { layoutOf } from "../../server/sim/layout.ts";
import { MAX_FRAME_BYTES } from "../../server/sim/limits.ts";
import { type CameraSpec, CODECS, COLOURS, DEFAULTS, PATTERNS } from "../../server/sim/vocabulary.ts";

/** The error a name is refused with; fails where the name is accepted. */
function refusal(name: string): CameraNameError {
  try {
    parseCameraName(name);
  } catch (error) {
    if (error instanceof CameraNameError) return error;
    throw error;
  }
  throw new Error(`${name} was accepted`);
}

function bytesOf({ colour, width, height, sampleType }: CameraSpec): number {
  return layoutOf(colour, width, height).samples * bytesPerSample(sampleType);
}

/** Whether its words go together: written down apart from what the parser does. */
function isCamera(camera: CameraSpec): boolean {
  const { colour, codec, sampleType, width } = camera;
  const yuv = colour.startsWith("yuv");
  if (bytesOf(camera) > MAX_FRAME_BYTES) return false;
  if (codec === "jpeg" && (yuv || colour.startsWith("bayer") || !sampleType.endsWith("int8"))) return false;
  return !yuv || (sampleType === "uint8" && width % 4 === 0);
}

describe("parseCameraName", () => {
  test("takes the pattern's defaults for every word left out", () => {
    for (const pattern of PATTERNS) {
      expect(parseCameraName(`SIM:${pattern}`)).toEqual({ pattern, ...DEFAULTS[pattern] });
    }
  });

  test("reads a whole sentence", () => {
    expect(parseCameraName("SIM:bars:320x200:uint16:rgb3@12.5")).toEqual({
      pattern: "bars",
      width: 320,
      height: 200,
      sampleType: "uint16",
      colour: "rgb3",
      codec: "none",
      framesPerSecond: 12.5,
    });
  });

  test("lets any optional word be missing", () => {
    expect(parseCameraName("SIM:beam:float32@100")).toMatchObject({
      sampleType: "float32",
      framesPerSecond: 100,
      width: 1024,
    });
    expect(parseCameraName("SIM:beam:rgb2")).toMatchObject({ colour: "rgb2", sampleType: "uint8" });
    expect(parseCameraName("SIM:noise:8x4:rgb1")).toMatchObject({ width: 8, height: 4, colour: "rgb1" });
  });

  test("gives back every sentence it can write", () => {
    const spec = fc
      .record({
        pattern: fc.constantFrom(...PATTERNS),
        width: fc.integer({ min: 1, max: 2048 }),
        height: fc.integer({ min: 1, max: 2048 }),
        sampleType: fc.constantFrom(...SAMPLE_TYPES),
        colour: fc.constantFrom(...COLOURS),
        codec: fc.constantFrom(...CODECS),
        framesPerSecond: fc.integer({ min: 100, max: 1_000_000 }).map((thousandths) => thousandths / 1000),
      })
      .filter(isCamera);
    fc.assert(
      fc.property(spec, (camera) => expect(parseCameraName(formatCameraName(camera))).toEqual(camera)),
    );
  });

  test("answers any text with a camera within bounds or with a typed error", () => {
    const word = fc.constantFrom(
      "SIM:",
      "beam",
      "bars",
      ":",
      "@",
      "x",
      "uint8",
      "rgb1",
      "16384",
      "0",
      "-1",
      "1e9",
      "__proto__",
      "constructor",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 12 }).map((words) => words.join("")),
    );
    fc.assert(
      fc.property(text, (name) => {
        try {
          const camera = parseCameraName(name);
          expect(bytesOf(camera)).toBeGreaterThan(0);
          expect(bytesOf(camera)).toBeLessThanOrEqual(MAX_FRAME_BYTES);
        } catch (error) {
          expect(error).toBeInstanceOf(CameraNameError);
        }
      }),
    );
  });

  test("says which patterns there are when it does not know one", () => {
    expect(refusal("SIM:beem")).toMatchObject({
      code: "unknown-pattern",
      word: "beem",
      allowed: [...PATTERNS],
    });
    expect(refusal("SIM:")).toMatchObject({ code: "unknown-pattern", word: "" });
    expect(refusal("SIM:constructor")).toMatchObject({ code: "unknown-pattern" });
  });

  test("leaves other names to other servers", () => {
    expect(refusal("BL04I-DI-OAV-01:PVA:OUTPUT").code).toBe("not-simulated");
    expect(refusal("sim:beam").code).toBe("not-simulated");
  });

  test("refuses sizes below 1 and above 16384", () => {
    expect(refusal("SIM:beam:0x10").code).toBe("bad-size");
    expect(refusal("SIM:beam:10x16385").code).toBe("bad-size");
    expect(parseCameraName("SIM:beam:1x16384")).toMatchObject({ width: 1, height: 16384 });
  });

  test("refuses rates outside 0.1 to 1000 frames a second", () => {
    for (const rate of ["0", "0.09", "1001", "", "fast", "1e2", "-5", "1@2"]) {
      expect(refusal(`SIM:beam@${rate}`).code).toBe("bad-rate");
    }
    expect(parseCameraName("SIM:beam@0.1").framesPerSecond).toBe(0.1);
    expect(parseCameraName("SIM:beam@1000").framesPerSecond).toBe(1000);
  });

  test("refuses frames too large to send, with both numbers", () => {
    const error = refusal("SIM:noise:16384x16384:float64:rgb1");
    expect(error.code).toBe("frame-too-large");
    expect(error.message).toContain("6442450944");
    expect(error.message).toContain(String(MAX_FRAME_BYTES));
    expect(parseCameraName("SIM:noise:16384x16384:uint8:mono").width).toBe(16384);
  });

  test("lists the words that could have stood in place of one that cannot", () => {
    const error = refusal("SIM:noise:uint32:gzip@25");
    const allowed = [...COLOURS, ...CODECS, "@fps"];
    expect(error).toMatchObject({ code: "unexpected-word", word: "gzip", allowed });
  });

  test("reads codecs, Bayer patterns and YUV", () => {
    expect(parseCameraName("SIM:noise:uint32:bslz4@25")).toMatchObject({
      sampleType: "uint32",
      codec: "bslz4",
    });
    expect(parseCameraName("SIM:bars:uint8:bayer-gbrg")).toMatchObject({
      colour: "bayer-gbrg",
      codec: "none",
    });
    expect(parseCameraName("SIM:bars:yuv411:lz4")).toMatchObject({ colour: "yuv411", codec: "lz4" });
  });

  test.each([
    ["SIM:beam:uint16:jpeg", "uint16"],
    ["SIM:bars:bayer-rggb:jpeg", "bayer-rggb"],
    ["SIM:bars:yuv444:jpeg", "yuv444"],
    ["SIM:bars:uint16:yuv422", "uint16"],
    ["SIM:bars:101x100:yuv422", "101"],
    ["SIM:bars:102x100:yuv411", "102"],
  ])("refuses %s, which no camera has together", (name, word) => {
    expect(refusal(name)).toMatchObject({ code: "bad-combination", word });
  });

  test("refuses words out of order or twice", () => {
    expect(refusal("SIM:bars:rgb1:uint8")).toMatchObject({
      code: "unexpected-word",
      word: "uint8",
      allowed: [...CODECS, "@fps"],
    });
    expect(refusal("SIM:bars:uint8:uint8").code).toBe("unexpected-word");
    expect(refusal("SIM:bars:").code).toBe("unexpected-word");
  });

  test("quotes no more than a line of an endless name", () => {
    expect(refusal(`SIM:${"x".repeat(100_000)}`).message.length).toBeLessThan(200);
  });
});

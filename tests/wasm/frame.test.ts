import { describe, expect, test } from "bun:test";
import {
  COLOUR_MODES,
  FrameError,
  SAMPLE_TYPES,
  bytesPerSample,
  checkFrame,
  frameBytes,
} from "../../wasm/core/index.ts";
import type { ColourMode, Frame, SampleType } from "../../wasm/core/index.ts";

function frame(change: Partial<Frame>): Frame {
  const plain = { width: 4, height: 3, sampleType: "uint16", colourMode: "mono", bigEndian: false } as const;
  return { ...plain, pixels: new Uint8Array(24), ...change };
}

function faultOf(task: () => void): FrameError {
  try {
    task();
  } catch (fault) {
    if (fault instanceof FrameError) return fault;
    throw fault;
  }
  throw new Error("nothing was thrown");
}

describe("a frame", () => {
  test("passes with exactly the bytes that its shape says, for every type and colour mode", () => {
    for (const sampleType of SAMPLE_TYPES) {
      for (const colourMode of COLOUR_MODES) {
        const bytes = 12 * bytesPerSample(sampleType) * (colourMode === "mono" ? 1 : 3);
        expect(() =>
          checkFrame(frame({ sampleType, colourMode, pixels: new Uint8Array(bytes) })),
        ).not.toThrow();
      }
    }
  });

  test("says have and need when it is a byte too short or too long", () => {
    for (const have of [23, 25, 0]) {
      const fault = faultOf(() => checkFrame(frame({ pixels: new Uint8Array(have) })));
      expect(fault).toMatchObject({ code: "size-mismatch", have, need: 24 });
      expect(fault.message).toBe(`a mono frame of 4 × 3 uint16 needs 24 bytes, the array has ${have}`);
    }
  });

  test("is refused with a size that is no whole number from 1", () => {
    for (const width of [0, -1, 1.5, NaN, Infinity, 2 ** 60]) {
      expect(faultOf(() => checkFrame(frame({ width }))).code).toBe("bad-size");
      expect(faultOf(() => checkFrame(frame({ height: width }))).code).toBe("bad-size");
    }
  });

  test("is refused with a sample type or colour mode from outside the lists", () => {
    expect(faultOf(() => checkFrame(frame({ sampleType: "int128" as SampleType }))).code).toBe(
      "bad-sample-type",
    );
    expect(faultOf(() => checkFrame(frame({ colourMode: "cmyk" as ColourMode }))).code).toBe(
      "bad-colour-mode",
    );
  });

  test("is held to a limit before anything is allocated", () => {
    const shape = { width: 2 ** 20, height: 2 ** 20, sampleType: "float64", colourMode: "rgb1" } as const;
    expect(faultOf(() => frameBytes(shape, 1000))).toMatchObject({
      code: "too-large",
      have: 24 * 2 ** 40,
      need: 1000,
    });
    expect(frameBytes({ ...shape, width: 10, height: 2 }, 480)).toBe(480);
  });
});

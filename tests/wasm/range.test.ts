import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { sampleCode } from "../../wasm/core/abi.ts";
import { SAMPLE_TYPES } from "../../wasm/core/index.ts";
import type { AppliedRange, RangeWish, SampleType } from "../../wasm/core/index.ts";
import { needsMeasurement, safeRange } from "../../wasm/core/range.ts";
import { GuardedRegions } from "./both-builds.ts";

const AUTO: RangeWish = { kind: "auto" };

function fixed(type: SampleType, low: number, high: number): AppliedRange {
  return safeRange({ kind: "fixed", low, high }, type);
}

describe("a range", () => {
  test("is measured where the wish is auto, and by default for all types but uint8", () => {
    for (const type of SAMPLE_TYPES) {
      expect(needsMeasurement(AUTO, type)).toBe(true);
      expect(needsMeasurement({ kind: "default" }, type)).toBe(type !== "uint8");
      expect(needsMeasurement({ kind: "full" }, type)).toBe(false);
      expect(needsMeasurement({ kind: "fixed", low: 0, high: 1 }, type)).toBe(false);
    }
  });

  test("shows uint8 as it is by default", () => {
    expect(safeRange({ kind: "default" }, "uint8")).toEqual({ low: 0, high: 255, issues: [] });
  });

  test("is the type's own when full is asked, 0 to 1 for floats", () => {
    const full = SAMPLE_TYPES.map((type) => safeRange({ kind: "full" }, type));
    expect(full.map(({ low, high }) => [low, high])).toEqual([
      [-128, 127],
      [0, 255],
      [-32768, 32767],
      [0, 65535],
      [-2147483648, 2147483647],
      [0, 4294967295],
      [-(2 ** 63), 2 ** 63],
      [0, 2 ** 64],
      [0, 1],
      [0, 1],
    ]);
  });

  test("is what was measured", () => {
    expect(safeRange(AUTO, "int16", { low: -7, high: 900 })).toEqual({ low: -7, high: 900, issues: [] });
  });

  test("says that an image is constant and starts at its value, which is then black", () => {
    const uint16 = safeRange(AUTO, "uint16", { low: 65535, high: 65535 });
    expect(uint16).toEqual({ low: 65535, high: 65536, issues: ["constant-image"] });
    const float32 = safeRange(AUTO, "float32", { low: 1, high: 1 });
    expect(float32).toMatchObject({ low: 1, issues: ["constant-image"] });
    expect(Math.fround(float32.high)).toBeGreaterThan(1);
  });

  test("says that no sample is finite", () => {
    const none = safeRange(AUTO, "float64", { low: Infinity, high: -Infinity });
    expect(none).toEqual({ low: 0, high: 1, issues: ["no-finite-sample"] });
  });

  test("is rounded to numbers of the sample type, and says so", () => {
    expect(fixed("uint16", 0.5, 99.4)).toEqual({ low: 1, high: 99, issues: ["range-rounded"] });
    expect(fixed("float32", 0.1, 0.5)).toEqual({
      low: Math.fround(0.1),
      high: 0.5,
      issues: ["range-rounded"],
    });
    expect(fixed("float64", 0.1, 0.5)).toEqual({ low: 0.1, high: 0.5, issues: [] });
  });

  test("is widened where the type cannot tell its bounds apart", () => {
    expect(fixed("uint8", 0, 0.4)).toEqual({ low: 0, high: 1, issues: ["range-rounded", "range-widened"] });
    expect(fixed("float64", 3, 3)).toMatchObject({ low: 3, issues: ["range-widened"] });
    expect(fixed("float32", 0, 1e-40).issues).toContain("range-widened");
  });

  test("is exchanged, brought in or replaced when its bounds make no sense, and says so", () => {
    expect(fixed("int32", 10, -10)).toEqual({ low: -10, high: 10, issues: ["range-reversed"] });
    expect(fixed("float64", -Number.MAX_VALUE, 0).issues).toEqual(["range-clamped"]);
    expect(fixed("int8", -1e300, 1e300)).toEqual({
      low: -(2 ** 512),
      high: 2 ** 512,
      issues: ["range-clamped"],
    });
    expect(fixed("uint16", NaN, 5)).toEqual({ low: 0, high: 65535, issues: ["range-not-finite"] });
    expect(fixed("float32", 0, Infinity)).toEqual({ low: 0, high: 1, issues: ["range-not-finite"] });
  });

  test("is one that the kernels take, whatever was asked and measured", async () => {
    const { exports } = await GuardedRegions.of("scalar");
    const source = exports.freeStart();
    const accepted = (type: SampleType, { low, high }: AppliedRange): boolean =>
      exports.scale(sampleCode(type), source, 1, source + 64, low, high) === 0;
    const bound = fc.double();
    fc.assert(
      fc.property(fc.constantFrom(...SAMPLE_TYPES), bound, bound, (type, low, high) => {
        expect(accepted(type, fixed(type, low, high))).toBe(true);
        const near = fixed(type, low, low * (1 + 2 ** -52));
        expect(accepted(type, near)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.constantFrom("float32" as const, "float64" as const), bound, bound, (type, a, b) => {
        const [one, other] = type === "float32" ? [Math.fround(a), Math.fround(b)] : [a, b];
        fc.pre(Number.isFinite(one) && Number.isFinite(other));
        const range = safeRange(AUTO, type, { low: Math.min(one, other), high: Math.max(one, other) });
        expect(accepted(type, range)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

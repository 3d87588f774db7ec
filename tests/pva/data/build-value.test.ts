import { describe, expect, test } from "bun:test";
import { buildStructure } from "../../../server/pva/data/build-value.ts";
import { scalar } from "../../../server/pva/data/type-description.ts";
import { AnyValue, StructureValue, UnionValue } from "../../../server/pva/data/value.ts";
import { timeFields } from "../../../server/pva/nt/time-and-alarm.ts";
import { NTNDARRAY_PVXS } from "../../../server/pva/nt/nt-ndarray.ts";

describe("buildStructure", () => {
  test("makes an image from ordinary JavaScript, with defaults for what is not said", () => {
    const pixels = Uint16Array.of(1, 2, 3, 4);
    const value = buildStructure(NTNDARRAY_PVXS, {
      value: { ushortValue: pixels },
      codec: { name: "", parameters: new AnyValue(scalar("int"), 6) },
      uncompressedSize: 8,
      timeStamp: timeFields(1500.25),
      dimension: [{ size: 2 }, { size: 2, binning: 1 }],
    });
    const union = value.field("value");
    expect(union).toBeInstanceOf(UnionValue);
    expect((union as UnionValue).selected).toBe("ushortValue");
    expect((union as UnionValue).value).toBe(pixels);
    expect(value.field("uncompressedSize")).toBe(8n);
    expect(value.field("timeStamp.secondsPastEpoch")).toBe(1n);
    expect(value.field("timeStamp.nanoseconds")).toBe(500_250_000);
    expect(value.field("alarm.message")).toBe("");
    expect((value.field("dimension") as StructureValue[]).map((each) => each.field("size"))).toEqual([2, 2]);
  });

  test("refuses members the type does not have", () => {
    expect(() => buildStructure(NTNDARRAY_PVXS, { uniqueID: 1 })).toThrow("no member uniqueID");
    expect(() => buildStructure(NTNDARRAY_PVXS, { value: { pixels: [1] } })).toThrow(
      "no union member pixels",
    );
  });
});

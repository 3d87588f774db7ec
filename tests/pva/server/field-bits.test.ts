import { expect, test } from "bun:test";
import { NTNDARRAY_PVXS, scalar, structure } from "../../../server/pva/index.ts";
import {
  commonBits,
  leavesOf,
  leavesOfBits,
  selectionOf,
  typeOfField,
} from "../../../server/pva/server/field-bits.ts";
import { BitSet } from "../../../server/pva/index.ts";

test("everything is every bit of NTNDArray but those of its structures", () => {
  const structures = [0, 2, 8, 12, 16];
  const leaves = Array.from({ length: 22 }, (_, bit) => bit).filter((bit) => !structures.includes(bit));
  expect([...leavesOf(NTNDARRAY_PVXS, [""])]).toEqual(leaves);
});

test("a structure's name stands for its leaves, a leaf's for itself", () => {
  expect([...leavesOf(NTNDARRAY_PVXS, ["codec", "timeStamp.nanoseconds"])]).toEqual([3, 4, 18]);
});

test("a marked structure stands for its leaves, whatever is marked below it or past the end", () => {
  expect([...leavesOfBits(NTNDARRAY_PVXS, BitSet.of(1, 2, 3, 17, 99))]).toEqual([1, 3, 4, 17]);
  expect([...leavesOfBits(NTNDARRAY_PVXS, BitSet.of(0))]).toEqual([...leavesOf(NTNDARRAY_PVXS, [""])]);
});

test("a structure without members is a leaf", () => {
  const type = structure("", [{ name: "empty", type: structure("", []) }]);
  expect([...leavesOf(type, ["empty"])]).toEqual([1]);
});

test("writing to a field that is not there is an error, asking for one is not", () => {
  expect(() => leavesOf(NTNDARRAY_PVXS, ["values"])).toThrow("no field values");
  expect([...selectionOf(NTNDARRAY_PVXS, ["values", "uniqueId"])!]).toEqual([7]);
  expect(selectionOf(NTNDARRAY_PVXS, ["values", "value.ubyteValue"])).toBeUndefined();
});

test("types are found along dots", () => {
  expect(typeOfField(NTNDARRAY_PVXS, "")).toBe(NTNDARRAY_PVXS);
  expect(typeOfField(NTNDARRAY_PVXS, "codec.name")).toEqual(scalar("string"));
  expect(typeOfField(NTNDARRAY_PVXS, "codec.name.length")).toBeUndefined();
  expect(typeOfField(NTNDARRAY_PVXS, "__proto__")).toBeUndefined();
});

test("common bits are those of both", () => {
  expect([...commonBits(BitSet.of(1, 5, 70), BitSet.of(5, 6, 70))]).toEqual([5, 70]);
});

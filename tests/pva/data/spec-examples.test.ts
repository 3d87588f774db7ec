/** Bytes that the specification (Protocol-Encoding) gives as examples, and pvxs's tests (testxcode.cpp) after it. */
import { expect, test } from "bun:test";
import { decodeType } from "../../../server/pva/data/decode-type.ts";
import { decodeValue } from "../../../server/pva/data/decode-value.ts";
import { scalar, structure, structureArray } from "../../../server/pva/data/type-description.ts";
import { TypeRegistry } from "../../../server/pva/data/type-registry.ts";
import { bytes, hex } from "../../support/pva-bytes.ts";
import { contextOf } from "../../support/pva-context.ts";

test("an array of structures has its second element null", () => {
  const type = structureArray(structure("", [{ name: "value", type: scalar("int") }]));
  const context = contextOf(bytes(hex("03 01 11 11 22 22 00 01 33 33 44 44")), true);
  expect(decodeValue(context, type)).toMatchObject([
    { members: [0x11112222] },
    null,
    { members: [0x33334444] },
  ]);
  expect(context.reader.remaining).toBe(0);
});

test("timeStamp_t is defined as type 1, and meant by that number afterwards", () => {
  const members = '03 10 "secondsPastEpoch" 23 0b "nanoSeconds" 22 07 "userTag" 22';
  const registry = new TypeRegistry();
  const expected = structure("timeStamp_t", [
    { name: "secondsPastEpoch", type: scalar("long") },
    { name: "nanoSeconds", type: scalar("int") },
    { name: "userTag", type: scalar("int") },
  ]);
  const defined = bytes(hex(`fd 00 01 80 0b "timeStamp_t" ${members}`));
  expect(decodeType(contextOf(defined, true, registry))).toEqual(expected);
  expect(decodeType(contextOf(bytes(hex("fe 00 01")), true, registry))).toEqual(expected);
});

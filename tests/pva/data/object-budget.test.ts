/** What a message may make of JavaScript objects, whichever kind of value they are: bytes are few where objects are many. */
import { describe, expect, test } from "bun:test";
import { decodeValue } from "../../../server/pva/data/decode-value.ts";
import {
  anyType,
  scalar,
  scalarArray,
  structure,
  structureArray,
  type TypeDescription,
  union,
} from "../../../server/pva/data/type-description.ts";
import { type ByteList, bytes, LE } from "../../support/pva-bytes.ts";
import { contextOf } from "../../support/pva-context.ts";

const ELEMENTS = 2000;

/** An array of structures of `width` members of this type, each written as `one`. */
function table(member: TypeDescription, one: ByteList, width: number): () => unknown {
  const members = Array.from({ length: width }, (_, index) => ({ name: `m${index}`, type: member }));
  const type = structureArray(structure("", members));
  const element = bytes(1, Array<ByteList>(width).fill(one));
  const payload = new Uint8Array(5 + ELEMENTS * element.length);
  payload.set(bytes(0xfe, LE.u32(ELEMENTS)));
  for (let index = 0; index < ELEMENTS; index++) payload.set(element, 5 + index * element.length);
  return () => decodeValue(contextOf(payload), type);
}

describe("two million members in structures of one message are refused", () => {
  const choice = union("", [{ name: "a", type: scalar("ubyte") }]);
  test.each<[string, TypeDescription, ByteList]>([
    ["null any", anyType(), [0xff]],
    ["unions without a selection", choice, [0xff]],
    ["empty arrays of numbers", scalarArray("double"), [0]],
    ["empty arrays of strings", scalarArray("string"), [0]],
    ["empty arrays of structures", structureArray(structure("", [])), [0]],
    ["strings", scalar("string"), [0]],
    ["longs", scalar("long"), LE.u64(1)],
  ])("where they are %s", (_, member, one) => {
    expect(table(member, one, 1000)).toThrow(expect.objectContaining({ code: "limit" }) as Error);
  });
});

test("numbers in structures cost one such object for sixteen of them", () => {
  expect(table(scalar("ubyte"), [1], 1000)()).toHaveLength(ELEMENTS);
});

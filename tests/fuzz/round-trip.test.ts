import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeType } from "../../server/pva/data/decode-type.ts";
import { decodeValue } from "../../server/pva/data/decode-value.ts";
import { decodeDelta, encodeDelta } from "../../server/pva/data/delta.ts";
import { encodeType } from "../../server/pva/data/encode-type.ts";
import { encodeValue } from "../../server/pva/data/encode-value.ts";
import { structure } from "../../server/pva/data/type-description.ts";
import { defaultStructure, StructureValue } from "../../server/pva/data/value.ts";
import { PvaError } from "../../server/pva/errors.ts";
import { BitSet, decodeBitSet, encodeBitSet } from "../../server/pva/wire/bit-set.ts";
import { ByteWriter } from "../../server/pva/wire/byte-writer.ts";
import { contextOf } from "../support/pva-context.ts";
import { types, valuesOf } from "./arbitraries.ts";

const RUNS = { numRuns: 1500 };
const typedValues = types.chain((type) => valuesOf(type).map((value) => ({ type, value })));

/** The same bytes again after reading them: what two values have in common that are equal to every peer. */
function written(bigEndian: boolean, write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter(bigEndian);
  write(writer);
  return writer.finish();
}

describe.each([false, true])("with bigEndian %p", (bigEndian) => {
  test("a type written and read is the same type", () => {
    fc.assert(
      fc.property(types, (type) => {
        const context = contextOf(
          written(bigEndian, (writer) => encodeType(writer, type)),
          bigEndian,
        );
        expect(decodeType(context)).toEqual(type);
        expect(context.reader.remaining).toBe(0);
      }),
      RUNS,
    );
  });

  test("a value written, read and written again makes the same value and the same bytes", () => {
    fc.assert(
      fc.property(typedValues, ({ type, value }) => {
        const payload = written(bigEndian, (writer) => encodeValue(writer, type, value));
        const context = contextOf(payload, bigEndian);
        const again = decodeValue(context, type);
        expect(context.reader.remaining).toBe(0);
        expect(again).toEqual(value);
        expect(written(bigEndian, (writer) => encodeValue(writer, type, again))).toEqual(payload);
      }),
      RUNS,
    );
  });

  test("the marked fields of a structure arrive, and no others change", () => {
    const structures = fc.array(types, { minLength: 1, maxLength: 5 }).map((members) =>
      structure(
        "",
        members.map((type, index) => ({ name: `m${index}`, type })),
      ),
    );
    const cases = structures.chain((type) =>
      fc.record({
        value: valuesOf(type) as fc.Arbitrary<StructureValue>,
        bits: fc.uniqueArray(fc.nat({ max: type.bitCount + 8 })),
      }),
    );
    fc.assert(
      fc.property(cases, ({ value, bits }) => {
        const changed = BitSet.of(...bits);
        const payload = written(bigEndian, (writer) => {
          encodeBitSet(writer, changed);
          encodeDelta(writer, value, changed);
        });
        const context = contextOf(payload, bigEndian);
        const read = decodeBitSet(context.reader, 1000);
        expect([...read]).toEqual([...changed]);
        const merged = decodeDelta(context, defaultStructure(value.type), read);
        expect(context.reader.remaining).toBe(0);
        expect(written(bigEndian, (writer) => encodeDelta(writer, merged, changed))).toEqual(
          payload.slice(payload.length - written(bigEndian, (w) => encodeDelta(w, value, changed)).length),
        );
        expect(decodeDelta(contextOf(new Uint8Array(0)), value, new BitSet())).toBe(value);
      }),
      RUNS,
    );
  });

  test("a value cut short anywhere is short of data, and says how far it came", () => {
    fc.assert(
      fc.property(typedValues, fc.double({ min: 0, max: 1, noNaN: true }), ({ type, value }, share) => {
        const payload = written(bigEndian, (writer) => encodeValue(writer, type, value));
        if (payload.length === 0) return;
        const cut = Math.min(payload.length - 1, Math.floor(share * payload.length));
        try {
          decodeValue(contextOf(payload.subarray(0, cut), bigEndian), type);
          expect.unreachable();
        } catch (error) {
          if (!(error instanceof PvaError)) throw error;
          expect(error.code).toBe("short-data");
          expect(error.numbers.offset).toBeLessThanOrEqual(cut);
        }
      }),
      RUNS,
    );
  });
});

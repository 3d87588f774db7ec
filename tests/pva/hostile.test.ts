import { describe, expect, test } from "bun:test";
import { DecodeContext } from "../../server/pva/data/decode-context.ts";
import { decodeType } from "../../server/pva/data/decode-type.ts";
import { decodeValue } from "../../server/pva/data/decode-value.ts";
import { encodeType } from "../../server/pva/data/encode-type.ts";
import { TypeRegistry } from "../../server/pva/data/type-registry.ts";
import { PvaError } from "../../server/pva/errors.ts";
import { ByteReader } from "../../server/pva/wire/byte-reader.ts";
import { ByteWriter } from "../../server/pva/wire/byte-writer.ts";
import { BE, bytes, hexOf, LE } from "../support/pva-bytes.ts";
import { seededRandom, waysToCut } from "../support/pva-cuts.ts";
import { CHOICE, feed, IOID, Subscriber } from "../support/pva-subscriber.ts";

const ROUNDS = 3000;
/** Bytes that mean something in types and sizes, more often than chance has them. */
const TELLING = [0x00, 0x01, 0x08, 0x22, 0x2d, 0x60, 0x68, 0x80, 0x81, 0x82, 0x88, 0x8a, 0xfd, 0xfe, 0xff];

describe("bytes by chance", () => {
  test("make a type and a value, or a PvaError, and nothing else", () => {
    let good = 0;
    for (let seed = 0; seed < ROUNDS; seed++) {
      const random = seededRandom(seed);
      const payload = Uint8Array.from({ length: 200 }, () =>
        random() < 0.7 ? TELLING[Math.floor(random() * TELLING.length)]! : random() * 256,
      );
      const registry = new TypeRegistry();
      const context = new DecodeContext(new ByteReader(payload, seed % 2 === 0), registry);
      try {
        const type = decodeType(context);
        decodeValue(context, type);
        good++;
        const writer = new ByteWriter(false);
        encodeType(writer, type);
        const again = decodeType(new DecodeContext(new ByteReader(writer.finish(), false), registry));
        expect(again).toEqual(type);
      } catch (error) {
        if (!(error instanceof PvaError)) throw error;
      }
    }
    expect(good).toBeGreaterThan(ROUNDS / 20);
  });
});

describe("a message with some bytes changed", () => {
  test("is delivered or refused, and every destination comes back once", () => {
    const outcomes = { delivered: 0, refused: 0 };
    for (let seed = 0; seed < ROUNDS; seed++) {
      const random = seededRandom(seed);
      const wire = seed % 2 === 0 ? LE : BE;
      const pixels = Array.from({ length: 40 }, (_, index) => wire.u16(index)).flat();
      const head = [wire.u32(IOID), 0, 1, 0x0e, wire.string("first"), 1, wire.size(40)];
      const stream = bytes(
        wire.message(13, [head, pixels], { segment: "first" }),
        wire.message(13, [wire.u32(77), 1, 8], { segment: "last" }),
        wire.message(13, [head, pixels, wire.u32(78), 0]),
      );
      for (let change = 0; change < 1 + (seed % 3); change++) {
        const at = Math.floor(random() * stream.length);
        stream[at] = random() < 0.5 ? TELLING[Math.floor(random() * TELLING.length)]! : random() * 256;
      }
      const outcome = new Set<string>();
      const ways = [...waysToCut(stream)].filter(
        ({ name }) => name === "whole" || name === "byte by byte" || name.endsWith("seed 1"),
      );
      for (const { chunks } of ways) {
        const target = new Subscriber(CHOICE);
        const error = feed(target, chunks);
        const delivered = target.updates.flatMap(({ bulk }) =>
          bulk === undefined ? [] : [bulk.destination],
        );
        // What never came to its end is given back when the connection closes; here the stream just stops.
        const open =
          error === undefined ? target.given.length - delivered.length - target.abandoned.length : 0;
        expect(open).toBeLessThanOrEqual(1);
        expect(delivered.length + target.abandoned.length + open).toBe(target.given.length);
        expect(new Set([...delivered, ...target.abandoned]).size).toBe(
          delivered.length + target.abandoned.length,
        );
        outcome.add(`${error?.code} ${delivered.map((each) => hexOf(each)).join()}`);
        if (error === undefined) outcomes.delivered++;
        else outcomes.refused++;
      }
      expect([...outcome]).toHaveLength(1);
    }
    expect(Math.min(outcomes.delivered, outcomes.refused)).toBeGreaterThan(ROUNDS / 10);
  }, 30_000);
});

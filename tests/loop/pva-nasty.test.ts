/** Our client against our server, which talks plainly and as nastily as every other server does. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  buildStructure,
  type NumericArray,
  type NumericType,
  ntScalar,
  ntUri,
  RpcPv,
  scalar,
  SharedPv,
  StructureValue,
} from "../../server/pva/index.ts";
import { numericArrayOver } from "../../server/pva/data/scalar-types.ts";
import type { Nastiness } from "../../server/pva/server/nasty/dialect.ts";
import { EVERY_TYPE, EVERY_VALUE } from "../support/every-type.ts";
import { IMAGE_LAYOUTS, SAMPLE_TYPES } from "../support/image-layouts.ts";
import { PvaLoop } from "../support/pva-loop.ts";

const OLD_STACK: Nastiness = { references: true, redundantBits: true, echoes: true, lateUpdates: 3 };
const MODES: readonly (readonly [name: string, nastiness: Nastiness | undefined])[] = [
  ["plainly", undefined],
  ["in segments of 17 KiB", { segments: "pieces" }],
  ["in segments around the raw array", { segments: "raw" }],
  ["in segments of 7 bytes with echoes between", { segments: "pieces", pieceBytes: 7, echoes: true }],
  ["with empty segments", { segments: "raw", emptySegments: true, echoes: true }],
  ["with types by id", { references: true }],
  ["big-endian", { bigEndian: true }],
  ["with null strings", { nullStrings: true }],
  ["with redundant bits", { redundantBits: true }],
  ["with an empty first update", { firstUpdate: "empty" }],
  ["with a first update of one field", { firstUpdate: "delta" }],
  ["after a monitor's end", { lateUpdates: 3, references: true }],
  ["as the old stack, raw", { ...OLD_STACK, segments: "raw" }],
  ["as the old stack, big-endian, in pieces", { ...OLD_STACK, segments: "pieces", bigEndian: true }],
];
const PATIENCE = { timeoutMs: 3000 };
const PIXELS = 40_000;

describe.each(MODES)("a server that talks %s", (_, nastiness) => {
  let loop: PvaLoop;
  beforeEach(async () => {
    loop = await PvaLoop.start(nastiness);
  });
  afterEach(() => loop.end());

  test("is understood by GET and GET-FIELD, every type of value", async () => {
    const pv = loop.host("ALL", new SharedPv(EVERY_TYPE, { initial: EVERY_VALUE }));
    for (let time = 0; time < 2; time++) {
      const value = await loop.client.get("ALL", PATIENCE);
      expect(value.type).toEqual(EVERY_TYPE);
      expect(value.members).toEqual(pv.newest!.members);
    }
    expect(await loop.client.typeOf("ALL", PATIENCE)).toEqual(EVERY_TYPE);
    expect(await loop.client.typeOf("ALL", { ...PATIENCE, field: "inner.x" })).toEqual(scalar("double"));
  });

  test("takes what is PUT and answers calls", async () => {
    const pv: SharedPv = new SharedPv(ntScalar("int"), {
      initial: { value: 1, alarm: { message: "kept" } },
      onPut: (value, changed): void => {
        if (value.field("value") === 13) throw new Error("not that one");
        pv.post(value, changed);
      },
    });
    loop.host("N", pv);
    await loop.client.put("N", { value: 7 }, PATIENCE);
    expect(pv.newest!.field("value")).toBe(7);
    expect(pv.newest!.field("alarm.message")).toBe("kept");
    const refused = loop.client.put("N", { value: 13 }, PATIENCE);
    expect(await refused.catch((error: unknown) => error)).toMatchObject({ code: "refused" });
    const echo = new RpcPv((argument) => {
      const query = argument.field("query");
      const word = query instanceof StructureValue ? query.field("word") : undefined;
      return buildStructure(ntScalar("string"), { value: word });
    });
    loop.pvs.set("ECHO", echo);
    const answer = await loop.client.rpc("ECHO", ntUri("ECHO", { word: "hello" }), PATIENCE);
    expect(answer.field("value")).toBe("hello");
    const { host, port } = loop.server.address;
    expect(await loop.client.channelsOf(`${host}:${port}`, PATIENCE)).toEqual(["ECHO", "N"]);
  });

  test.each([false, true])("is followed by a monitor (pipeline: %p)", async (pipeline) => {
    const pv = loop.host(
      "N",
      new SharedPv(ntScalar("int"), { initial: { value: 0, alarm: { message: "fine" } } }),
    );
    const { listener, stop } = loop.monitor("N", { pipeline });
    await listener.until(() => listener.updates.some(({ value }) => value.field("alarm.message") === "fine"));
    for (let value = 1; value <= 20; value++) {
      pv.post({ value, alarm: { message: "fine" } }, ["value"]);
      await listener.until(() => listener.updates.at(-1)?.value.field("value") === value);
    }
    expect(listener.updates.at(-1)?.value.field("alarm.message")).toBe("fine");
    expect(listener.faults).toEqual([]);
    stop();
    // Whatever still comes for it must not disturb the others on the connection.
    expect((await loop.client.get("N", PATIENCE)).field("value")).toBe(20);
  });

  test.each(IMAGE_LAYOUTS)("brings images of layout $name into a sink", async ({ type, image }) => {
    const pv = loop.host("IMG", new SharedPv(type));
    const { listener } = loop.monitor("IMG", { bulk: true });
    await listener.until(() => listener.kinds.includes("connected"));
    for (let frame = 1; frame <= 3; frame++) {
      const pixels = ramp("ushort", frame);
      pv.post(image("ushort", pixels, frame));
      await listener.until(() => arrived(listener) === frame);
      const last = listener.updates.at(-1)!;
      expect(last.bulk).toMatchObject({ elementType: "ushort", count: PIXELS });
      expect(Buffer.compare(last.bulk!.destination, bytesOf(pixels, last.bulk!.bigEndian))).toBe(0);
      expect(last.value.field("uniqueId")).toBe(type.indexOf.has("uniqueId") ? frame : undefined);
      expect(last.value.field("dimension")).toMatchObject([
        { members: expect.arrayContaining([PIXELS]) as unknown },
      ]);
    }
    expect(listener.faults).toEqual([]);
  });

  test("brings every sample type into a sink", async () => {
    const { type, image } = IMAGE_LAYOUTS[1]!;
    const pv = loop.host("IMG", new SharedPv(type));
    const { listener } = loop.monitor("IMG", { bulk: true });
    await listener.until(() => listener.kinds.includes("connected"));
    for (const [index, elementType] of SAMPLE_TYPES.entries()) {
      const pixels = ramp(elementType, index);
      pv.post(image(elementType, pixels, index));
      await listener.until(() => arrived(listener) === index + 1);
      const { bulk } = listener.updates.at(-1)!;
      expect(bulk).toMatchObject({ elementType, count: PIXELS });
      expect(Buffer.compare(bulk!.destination, bytesOf(pixels, bulk!.bigEndian))).toBe(0);
    }
    expect(listener.faults).toEqual([]);
  });
});

/** Pixels unlike each other in every byte. */
function ramp(type: NumericType, seed: number): NumericArray {
  const array = numericArrayOver(type, new ArrayBuffer(8 * PIXELS)).subarray(0, PIXELS);
  const bytes = new Uint8Array(array.buffer, 0, array.byteLength);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 31 + seed) & 0xff;
  return array;
}

/** The array's bytes in one order or the other. */
function bytesOf(array: NumericArray, bigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
  const width = array.BYTES_PER_ELEMENT;
  if (bigEndian && width > 1)
    for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}

function arrived(listener: { readonly updates: readonly { readonly bulk?: unknown }[] }): number {
  return listener.updates.filter(({ bulk }) => bulk !== undefined).length;
}

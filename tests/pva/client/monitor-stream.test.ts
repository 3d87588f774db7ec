import { describe, expect, test } from "bun:test";
import {
  anyArray,
  anyType,
  scalarArray,
  type TypeDescription,
} from "../../../server/pva/data/type-description.ts";
import { AnyValue, ArrayElsewhere, UnionValue } from "../../../server/pva/data/value.ts";
import { MAX_SCRATCH_BYTES } from "../../../server/pva/limits.ts";
import { BE, type ByteList, bytes, LE, type Wire } from "../../support/pva-bytes.ts";
import { waysToCut } from "../../support/pva-cuts.ts";
import { CHOICE, feed, IOID, Subscriber } from "../../support/pva-subscriber.ts";

const start = (wire: Wire, bits: number[]): ByteList => [wire.u32(IOID), 0, bits.length, bits];
const samples = (wire: Wire, count: number): number[] =>
  Array.from({ length: count }, (_, index) => wire.u16(1000 + index)).flat();

/** One update of 300 ushorts, in pieces: before the array, the array, behind it. */
function frame(wire: Wire, selector: ByteList): readonly [head: ByteList, pixels: number[], tail: ByteList] {
  return [
    [start(wire, [0x0e]), wire.string("first"), selector, wire.size(300)],
    samples(wire, 300),
    [wire.u32(77), [1, 0x08]],
  ];
}

const KINDS = [
  ["union", CHOICE, () => [1], UnionValue],
  ["any", anyType(), () => [0x2d], AnyValue],
  ["any of a cached type", anyType(), (wire: Wire) => [0xfd, wire.u16(3), 0x2d], AnyValue],
  ["plain array", scalarArray("ushort"), () => [], ArrayElsewhere],
] as const;

const ORDERS = [
  ["little", LE],
  ["big", BE],
] as const;

describe.each(KINDS)("the array of a %s", (_, type, selector, placeholder) => {
  describe.each(ORDERS)("in %s-endian messages", (__, wire) => {
    const [head, pixels, tail] = frame(wire, selector(wire));
    const first = bytes(head);
    const all = bytes(head, pixels, tail);
    const patterns: Readonly<Record<string, ByteList>> = {
      "one whole message": wire.message(13, [head, pixels, tail]),
      "the array as a segment of its own": [
        wire.message(13, head, { segment: "first" }),
        wire.message(13, pixels, { segment: "middle" }),
        wire.message(13, tail, { segment: "last" }),
      ],
      "equal segments, an echo between them, an empty one last": [
        wire.message(13, [...all.subarray(0, 101)], { segment: "first" }),
        wire.control(3),
        wire.message(13, [...all.subarray(101, 402)], { segment: "middle" }),
        wire.message(13, [], { segment: "middle" }),
        wire.message(13, [...all.subarray(402)], { segment: "middle" }),
        wire.message(13, [], { segment: "last" }),
      ],
      "a segment that ends inside the count": [
        wire.message(13, [...all.subarray(0, first.length - 2)], { segment: "first" }),
        wire.message(13, [...all.subarray(first.length - 2)], { segment: "last" }),
      ],
    };

    test.each(Object.keys(patterns))("arrives from %s, however the stream is cut", (name) => {
      const ways = waysToCut(bytes(patterns[name]!)).flatMap((way) =>
        [0, 7, 1000].map((aheadBytes) => ({ ...way, aheadBytes })),
      );
      for (const { name: cut, chunks, aheadBytes } of ways) {
        const way = `${cut}, ${aheadBytes} bytes read ahead`;
        const target = new Subscriber(type);
        expect({ way, fault: feed(target, chunks, { aheadBytes }) }).toEqual({ way, fault: undefined });
        expect(target.wholes).toHaveLength(0);
        const [update] = target.updates;
        expect(target.updates).toHaveLength(1);
        expect(update!.value.field("before")).toBe("first");
        expect(update!.value.field("after")).toBe(77);
        expect(update!.value.field("value")).toBeInstanceOf(placeholder);
        expect([update!.changed, update!.overrun]).toEqual([[1, 2, 3], [3]]);
        expect(update!.bulk).toMatchObject({
          elementType: "ushort",
          count: 300,
          byteLength: 600,
          bigEndian: wire.bigEndian,
        });
        expect(update!.bulk!.destination).toBe(target.given[0]!);
        expect([...update!.bulk!.destination]).toEqual(pixels);
        expect(target.abandoned).toHaveLength(0);
      }
    });
  });
});

describe("what does not go to the sink", () => {
  const whole = (type: TypeDescription, ...payload: ByteList): Subscriber => {
    const target = new Subscriber(type);
    for (const { chunks } of waysToCut(bytes(LE.message(13, payload))))
      expect(feed(target, chunks)).toBeUndefined();
    expect(target.updates).toHaveLength(0);
    expect(target.given).toHaveLength(0);
    expect(new Set(target.wholes.map((each) => each.join()))).toEqual(new Set([bytes(payload).join()]));
    return target;
  };

  test("is an update that does not mark the array", () => {
    whole(CHOICE, start(LE, [0x08]), LE.u32(5), [0]);
  });

  test("is an array without elements, a union without selection, a null any", () => {
    whole(CHOICE, start(LE, [0x04]), [1, 0], [0]);
    whole(CHOICE, start(LE, [0x04]), [0xff], [0]);
    whole(anyType(), start(LE, [0x04]), [0xff], [0]);
  });

  test("is anything but numbers", () => {
    whole(CHOICE, start(LE, [0x04]), [0, 1], LE.string("text"), [0]);
    whole(anyType(), start(LE, [0x04]), [0x60], LE.string("text"), [0]);
  });

  test("is a reply of another kind, or to another subscription", () => {
    whole(CHOICE, LE.u32(IOID), [0x08, 0xff, 0x80, 0, 0]);
    whole(CHOICE, LE.u32(IOID + 1), [0, 1, 0x04, 1, 1, 9, 9, 0]);
  });
});

test("a whole top structure marked by bit 0 comes the same way", () => {
  const target = new Subscriber(CHOICE);
  const stream = bytes(
    LE.message(13, [start(LE, [0x01]), LE.string("x"), [1, 2, 1, 2, 3, 4], LE.u32(9), [0]]),
  );
  for (const { chunks } of waysToCut(stream)) feed(target, chunks);
  for (const { value, bulk } of target.updates) {
    expect(value.field("before")).toBe("x");
    expect(value.field("after")).toBe(9);
    expect([...bulk!.destination]).toEqual([1, 2, 3, 4]);
  }
});

test("a sink that gives no destination drops the bytes and nothing else", () => {
  const target = new Subscriber(CHOICE);
  target.drop = true;
  for (const { chunks } of waysToCut(bytes(LE.message(13, frame(LE, [1])))))
    expect(feed(target, chunks)).toBeUndefined();
  for (const { bulk, value } of target.updates) {
    expect(bulk).toBeUndefined();
    expect(value.field("after")).toBe(77);
  }
});

describe("what stands before the array", () => {
  test("may use a cached type and then define it anew, however the stream is cut", () => {
    const wire = LE;
    const values = [
      [[0xfe, wire.u16(1)], wire.u32(5)],
      [[0xfd, wire.u16(1), 0x60], wire.string("new")],
    ];
    const array = [wire.size(2), [1, 0, 2, 0], [0]];
    const define = [wire.u32(IOID), 0, [1, 0x06], [1, 1, 0xfd, wire.u16(1), 0x22, wire.u32(4)], array];
    const use = [wire.u32(IOID), 0, [1, 0x06], [2, 1, values[0]!, 1, values[1]!], array];
    const stream = bytes(wire.message(13, define), wire.message(13, use));
    for (const { chunks } of waysToCut(stream)) {
      const target = new Subscriber(scalarArray("ushort"), anyArray());
      expect(feed(target, chunks)).toBeUndefined();
      const before = target.updates[1]!.value.members[0] as readonly AnyValue[];
      expect(before.map(({ value }) => value)).toEqual([5, "new"]);
      expect(target.updates[1]!.bulk?.count).toBe(2);
    }
  });

  test("is not read again and again when it comes in crumbs", () => {
    const names = Array.from({ length: 40_000 }, () => LE.string("name"));
    const stream = bytes(
      LE.message(13, [LE.u32(IOID), 0, [1, 0x06], LE.size(names.length), names, LE.size(1), 7, 0, 0]),
    );
    const chunks = Array.from({ length: Math.ceil(stream.length / 4) }, (_, index) =>
      stream.slice(4 * index, 4 * index + 4),
    );
    const target = new Subscriber(scalarArray("ushort"), scalarArray("string"));
    const started = process.cpuUsage();
    expect(feed(target, chunks)).toBeUndefined();
    expect(target.updates[0]!.bulk?.destination).toEqual(Uint8Array.of(7, 0));
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
  });
});

describe("an update that cannot be read", () => {
  /** Feeds one message in every way; returns the codes and how destinations fared. */
  const broken = (list: ByteList, options?: { maxArrayBytes: number }) => {
    const outcomes = new Set<string>();
    for (const { chunks } of waysToCut(bytes(list))) {
      const target = new Subscriber(CHOICE);
      const error = feed(target, chunks, options);
      expect(target.updates).toHaveLength(0);
      expect(target.abandoned).toEqual(target.given);
      outcomes.add(`${error?.code} given ${target.given.length} told ${target.faults.length}`);
    }
    return [...outcomes];
  };

  test("is an array above the limit, before a destination is asked for", () => {
    expect(broken(LE.message(13, frame(LE, [1])), { maxArrayBytes: 599 })).toEqual(["limit given 0 told 1"]);
  });

  test("is an array longer than its message", () => {
    expect(broken(LE.message(13, [start(LE, [0x04]), [1], LE.size(1000), samples(LE, 10)]))).toEqual([
      "bad-value given 0 told 1",
    ]);
  });

  test("is an array whose segments end early: its destination is given back", () => {
    expect(
      broken([
        LE.message(13, [start(LE, [0x04]), [1], LE.size(1000)], { segment: "first" }),
        LE.message(13, samples(LE, 10), { segment: "last" }),
      ]),
    ).toEqual(["short-data given 1 told 1"]);
  });

  test("is a tail that ends early or is of no end", () => {
    const [head, pixels] = frame(LE, [1]);
    expect(broken(LE.message(13, [head, pixels, [1, 2]]))).toEqual(["short-data given 1 told 1"]);
    const target = new Subscriber(CHOICE);
    const endless = bytes(
      LE.message(13, [...bytes(head), ...pixels, ...new Uint8Array(MAX_SCRATCH_BYTES + 1)]),
    );
    expect(feed(target, [endless])?.code).toBe("limit");
    expect(target.abandoned).toEqual(target.given);
  });

  test("is a selector beyond the union", () => {
    expect(broken(LE.message(13, [start(LE, [0x04]), [2, 1, 1], [0]]))).toEqual(["bad-value given 0 told 1"]);
  });
});

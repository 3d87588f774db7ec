import { expect, test } from "bun:test";
import fc from "fast-check";
import { Outbox } from "../../../server/pva/server/outbox.ts";

/** Takes as many bytes at each write as the test allows, none once the list is used up. */
class Sink {
  readonly taken: number[] = [];
  readonly writes: Uint8Array[] = [];
  allowed: number[];

  constructor(allowed: number[]) {
    this.allowed = allowed;
  }

  write(bytes: Uint8Array): number {
    this.writes.push(bytes);
    const count = Math.min(bytes.length, this.allowed.shift() ?? 0);
    this.taken.push(...bytes.subarray(0, Math.max(0, count)));
    return count;
  }
}

test("all bytes go out once and in order, however few the socket takes at a time", () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(parts), fc.infiniteStream(fc.integer({ min: -1, max: 25 })), (messages, counts) => {
      const sink = new Sink([]);
      const outbox = new Outbox(sink);
      for (const message of messages) {
        sink.allowed = [...counts.take(2)];
        outbox.put(message);
      }
      while (!outbox.idle) {
        sink.allowed = [1 + Math.max(0, counts.next().value as number)];
        outbox.flush();
      }
      expect(sink.taken).toEqual(messages.flat().flatMap((part) => [...part]));
    }),
  );
});

test("large pieces are written from where they lie, small neighbours in one write", () => {
  const sink = new Sink([1e9, 1e9, 1e9]);
  const outbox = new Outbox(sink);
  const pixels = new Uint8Array(100_000);
  outbox.put([Uint8Array.of(1), Uint8Array.of(2), pixels, new Uint8Array(0), Uint8Array.of(3)]);
  expect(sink.writes.map((bytes) => bytes.length)).toEqual([2, 100_000, 1]);
  expect(sink.writes[1]!.buffer).toBe(pixels.buffer);
});

test("a closed socket takes nothing and is not asked again once the outbox is cleared", () => {
  const sink = new Sink([-1]);
  const outbox = new Outbox(sink);
  outbox.put([Uint8Array.of(1, 2)]);
  expect(outbox.idle).toBe(false);
  outbox.clear();
  outbox.flush();
  expect(sink.writes).toHaveLength(1);
  expect(outbox.idle).toBe(true);
});

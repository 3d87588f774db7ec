import { expect, test } from "bun:test";
import fc from "fast-check";
import { FrameLifeError, type Hold, Slots } from "../../server/source/slots.ts";

function publish(slots: Slots, mark: number, byteLength = 4): Hold {
  const place = slots.acquire(byteLength);
  if (place === undefined) throw new Error("No slot was free.");
  place.fill(mark);
  return slots.publish(place);
}

test("a place has exactly the bytes asked for, in shared memory", () => {
  const place = new Slots().acquire(10);
  expect(place?.byteLength).toBe(10);
  expect(place?.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("the newest frame is held until the next, then its slot is free again", () => {
  const slots = new Slots();
  const first = publish(slots, 1);
  const second = publish(slots, 2);
  expect([first.holders, second.holders]).toEqual([0, 1]);
  expect(slots.newest).toBe(second);
});

test("a frame that is being read keeps its bytes while others come and go", () => {
  const slots = new Slots();
  const place = slots.acquire(4)!;
  place.fill(7);
  const read = slots.publish(place);
  read.retain();
  for (let mark = 10; mark < 30; mark++) publish(slots, mark);
  expect([...place]).toEqual([7, 7, 7, 7]);
  read.release();
  expect(read.holders).toBe(0);
});

test("with two old frames being read, the newest that nobody reads makes room", () => {
  const slots = new Slots();
  publish(slots, 1).retain();
  publish(slots, 2).retain();
  const newest = publish(slots, 3);
  const place = slots.acquire(4);
  expect(place).toBeDefined();
  expect(slots.newest).toBeUndefined();
  expect(newest.holders).toBe(0);
});

test("with all three frames being read there is no place, and the newest stays", () => {
  const slots = new Slots();
  const newest = [1, 2, 3].map((mark) => {
    const hold = publish(slots, mark);
    hold.retain();
    return hold;
  })[2];
  expect(slots.acquire(4)).toBeUndefined();
  expect(slots.newest).toBe(newest);
});

test("an abandoned place leaves the newest frame as it was, and can be had again", () => {
  const slots = new Slots();
  const newest = publish(slots, 1);
  for (let round = 0; round < 10; round++) slots.abandon(slots.acquire(4)!);
  expect(slots.newest).toBe(newest);
});

test("handing a place back twice, and giving up a frame once too often, are mistakes that are noticed", () => {
  const slots = new Slots();
  const place = slots.acquire(4)!;
  slots.abandon(place);
  expect(() => slots.publish(place)).toThrow(FrameLifeError);
  const frame = publish(slots, 1);
  publish(slots, 2);
  expect(() => frame.release()).toThrow(FrameLifeError);
  expect(() => frame.retain()).toThrow(FrameLifeError);
});

test("after closing, frames that others hold stay valid", () => {
  const slots = new Slots();
  const frame = publish(slots, 1);
  frame.retain();
  slots.close();
  expect(slots.newest).toBeUndefined();
  expect(frame.holders).toBe(1);
  frame.release();
});

test("slots grow with the frames and give memory back when the frames have been smaller for a while", () => {
  const slots = new Slots();
  for (let round = 0; round < 3; round++) publish(slots, 1, 1000);
  expect(slots.capacity).toBeGreaterThanOrEqual(2000);
  for (let round = 0; round < 10; round++) publish(slots, 1, 100);
  expect(slots.capacity).toBeGreaterThanOrEqual(2000);
  for (let round = 0; round < 200; round++) publish(slots, 1, 100);
  expect(slots.capacity).toBeLessThanOrEqual(300);
});

test("sizes that go up and down by less than a factor two never allocate again", () => {
  const slots = new Slots();
  const buffers = new Set<ArrayBufferLike>();
  for (let round = 0; round < 500; round++) {
    const place = slots.acquire(round % 2 === 0 ? 1000 : 600)!;
    if (round > 10) buffers.add(place.buffer);
    slots.publish(place);
  }
  expect(buffers.size).toBeLessThanOrEqual(3);
});

type Action = "acquire" | "publish" | "abandon" | "read" | "done";

/** A camera and readers doing anything in any order, with what each reader should see noted beside. */
class Play {
  readonly slots = new Slots();
  readonly reading: { hold: Hold; place: Uint8Array; mark: number }[] = [];
  filling: Uint8Array | undefined;
  newestPlace: { place: Uint8Array; mark: number } | undefined;
  mark = 0;

  step(action: Action, which: number): void {
    if (action === "acquire") this.#acquire(which);
    else if (action === "publish") this.#publish();
    else if (action === "abandon") this.#abandon();
    else if (action === "read") this.#read();
    else this.#done(which);
  }

  #acquire(size: number): void {
    if (this.filling !== undefined) return;
    const held = new Set(this.reading.map(({ hold }) => hold)).size;
    this.filling = this.slots.acquire(size + 1);
    expect(this.filling !== undefined).toBe(held < 3);
    this.filling?.fill(255);
  }

  #publish(): void {
    if (this.filling === undefined) return;
    this.mark = (this.mark + 1) % 255;
    this.filling.fill(this.mark);
    this.slots.publish(this.filling);
    this.newestPlace = { place: this.filling, mark: this.mark };
    this.filling = undefined;
  }

  #abandon(): void {
    if (this.filling !== undefined) this.slots.abandon(this.filling);
    this.filling = undefined;
  }

  #read(): void {
    const hold = this.slots.newest;
    if (hold === undefined || this.newestPlace === undefined) return;
    hold.retain();
    this.reading.push({ hold, ...this.newestPlace });
  }

  #done(which: number): void {
    const [reader] = this.reading.splice(which % Math.max(1, this.reading.length), 1);
    reader?.hold.release();
  }
}

test("whatever a camera and its readers do, nobody's bytes change while he reads, and a place is refused only when all are read", () => {
  const action = fc.constantFrom<Action[]>("acquire", "publish", "abandon", "read", "done");
  fc.assert(
    fc.property(fc.array(fc.tuple(action, fc.nat(300)), { maxLength: 200 }), (steps) => {
      const play = new Play();
      for (const [what, which] of steps) {
        play.step(what, which);
        for (const { place, mark } of play.reading) expect(place.every((byte) => byte === mark)).toBe(true);
      }
      for (const { hold } of play.reading) hold.release();
    }),
    { numRuns: 500 },
  );
});

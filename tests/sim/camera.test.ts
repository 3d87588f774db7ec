import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ArrayInParts, type StructureValue, UnionValue } from "../../server/pva/index.ts";
import { SimulatedCamera } from "../../server/sim/camera.ts";
import { parseCameraName } from "../../server/sim/camera-name.ts";
import type { Packer } from "../../server/sim/packer.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { readBlocks } from "./read-caption.ts";

/** Adds a byte to the frame when the test says so. */
class SlowPacker implements Packer {
  readonly waiting: (() => void)[] = [];

  async pack(_: unknown, parts: readonly Uint8Array[]): Promise<Uint8Array> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return new Uint8Array(Buffer.concat([...parts, Uint8Array.of(7)]));
  }
}

let packer: SlowPacker;

let clock: ManualClock;
let reserved: number;
let budget: number;
let refusals: SimulatedCamera[];

beforeEach(() => {
  clock = new ManualClock();
  packer = new SlowPacker();
  reserved = 0;
  budget = 1e9;
  refusals = [];
});

afterEach(() => {
  expect(clock.pending).toBe(0);
  expect(reserved).toBe(0);
});

function camera(name: string): SimulatedCamera {
  return new SimulatedCamera(parseCameraName(name), {
    clock,
    packer,
    reserve: (bytes) => {
      if (reserved + bytes > budget) return false;
      reserved += bytes;
      return true;
    },
    free: (bytes) => void (reserved -= bytes),
    refused: (refused) => void refusals.push(refused),
  });
}

/** Watches and notes the unique ids posted. */
function watch(watched: SimulatedCamera): { readonly ids: number[]; readonly stop: () => void } {
  const ids: number[] = [];
  const stop = watched.pv.watch({ posted: () => void ids.push(newest(watched).field("uniqueId") as number) });
  return { ids, stop };
}

function newest(watched: SimulatedCamera): StructureValue {
  const value = watched.pv.newest;
  if (value === undefined) throw new Error("no frame yet");
  return value;
}

function pixels(value: StructureValue): Uint8Array {
  const union = value.field("value") as UnionValue;
  return new Uint8Array(Buffer.concat((union.value as ArrayInParts).parts));
}

describe("SimulatedCamera", () => {
  test("does nothing while nobody watches", () => {
    const idle = camera("SIM:beam");
    expect(idle.pv.newest).toBeUndefined();
    expect(clock.pending).toBe(0);
    expect(reserved).toBe(0);
  });

  test.each([
    ["SIM:noise:8x8@0.1", 100_000, 11],
    ["SIM:noise:8x8@25", 10_000, 251],
    ["SIM:noise:8x8@29.97", 100_000, 2998],
    ["SIM:noise:8x8@1000", 1000, 1001],
  ])("%s takes its frames on time: in %d ms, %d", async (name, milliseconds, frames) => {
    const { ids, stop } = watch(camera(name));
    await clock.advance(milliseconds);
    stop();
    expect(ids).toEqual(Array.from({ length: frames }, (_, index) => index + 1));
  });

  test("compresses one frame at a time, and takes the next when that is done and due", async () => {
    const { ids, stop } = watch(camera("SIM:noise:8x8:lz4@25"));
    await clock.advance(1000);
    expect([ids, packer.waiting.length]).toEqual([[], 1]);
    packer.waiting.shift()!();
    await clock.advance(0);
    // Frame 1 is out, and 2 was due long ago.
    expect([ids, packer.waiting.length]).toEqual([[1], 1]);
    stop();
    packer.waiting.shift()!();
    await clock.advance(1000);
    expect([ids, packer.waiting.length]).toEqual([[1], 0]);
  });

  test("goes on for who comes while a frame for those before is being compressed", async () => {
    const watched = camera("SIM:noise:8x8:lz4@25");
    const first = watch(watched);
    await clock.advance(10);
    first.stop();
    const second = watch(watched);
    await clock.advance(10);
    while (packer.waiting.length > 0) {
      packer.waiting.shift()!();
      await clock.advance(40);
      if (second.ids.length >= 3) second.stop();
    }
    expect([first.ids, second.ids]).toEqual([[], [2, 3, 4]]);
  });

  test("stops and frees its pictures with the last watcher, and counts on with the next", async () => {
    const shared = camera("SIM:noise:8x8@10");
    const [one, other] = [watch(shared), watch(shared)];
    await clock.advance(200);
    one.stop();
    one.stop();
    await clock.advance(200);
    expect(reserved).toBeGreaterThan(0);
    other.stop();
    expect(clock.pending).toBe(0);
    expect(reserved).toBe(0);
    expect(shared.pv.newest).toBeUndefined();
    expect(other.ids).toEqual([1, 2, 3, 4, 5]);
    const again = watch(shared);
    await clock.advance(0);
    again.stop();
    expect(again.ids).toEqual([6]);
  });

  test("can be left while its first picture is being drawn", async () => {
    const watched = camera("SIM:noise:300x300");
    // Time that runs on at every look ends the first slice of drawing before the picture is whole.
    let looks = 0;
    clock.now = () => looks++;
    const { ids, stop } = watch(watched);
    clock.after(0, stop);
    await clock.advance(0);
    expect(looks).toBeGreaterThan(2);
    expect(ids).toEqual([]);
  });

  test("may be left from within a post", async () => {
    const shared = camera("SIM:noise:8x8@10");
    let posts = 0;
    const stop = shared.pv.watch({
      posted: () => {
        posts++;
        queueMicrotask(() => stop());
      },
    });
    await clock.advance(1000);
    expect(posts).toBe(1);
  });

  test("says so if there is no memory for its pictures, and is well once there is", async () => {
    budget = 100;
    const greedy = camera("SIM:noise:64x64");
    const { ids, stop } = watch(greedy);
    expect(refusals).toEqual([]);
    await clock.advance(1000);
    expect(refusals).toEqual([greedy]);
    expect(ids).toEqual([]);
    stop();
    budget = 1e9;
    const again = watch(greedy);
    await clock.advance(0);
    again.stop();
    expect(again.ids).toEqual([1]);
  });

  test("describes its frames as ADCore does", async () => {
    const colour = camera("SIM:bars:400x160:int16:rgb3@10");
    const { stop } = watch(colour);
    await clock.advance(300);
    const value = newest(colour);
    stop();
    const bytes = 400 * 160 * 3 * 2;
    expect((value.field("value") as UnionValue).selected).toBe("shortValue");
    expect(pixels(value).byteLength).toBe(bytes);
    expect(value.field("codec.name")).toBe("");
    expect(value.field("codec.parameters")).toMatchObject({ value: 2 });
    expect(value.field("compressedSize")).toBe(BigInt(bytes));
    expect(value.field("uncompressedSize")).toBe(BigInt(bytes));
    expect(value.field("timeStamp.secondsPastEpoch")).toBe(BigInt(Date.UTC(2026, 0, 1) / 1000));
    expect(value.field("timeStamp.nanoseconds")).toBe(300_000_000);
    const sizes = (value.field("dimension") as readonly StructureValue[]).map(
      (dimension) => dimension.members,
    );
    expect(sizes).toEqual([400, 160, 3].map((size) => [size, 0, size, 1, false]));
    const [attribute] = value.field("attribute") as readonly StructureValue[];
    expect(attribute?.field("name")).toBe("ColorMode");
    expect(attribute?.field("value")).toMatchObject({ value: 4 });
  });

  test("writes the unique id of each frame into its picture", async () => {
    const watched = camera("SIM:beam:400x160@10");
    const { stop } = watch(watched);
    await clock.advance(0);
    for (let id = 1; id <= 20; id++) {
      const value = newest(watched);
      expect(value.field("uniqueId")).toBe(id);
      expect(readBlocks(watched.spec, pixels(value), 127)).toBe(id);
      await clock.advance(100);
    }
    stop();
  });
});

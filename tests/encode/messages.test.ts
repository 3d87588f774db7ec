import { expect, test } from "bun:test";
import { DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { toMessage } from "../../server/encode/messages.ts";
import { TestFrame } from "./test-frame.ts";

test("shared pixels go to the worker by reference", () => {
  const frame = new TestFrame(4, 4, new Uint8Array(16));
  expect(toMessage({ frame, recipe: DEFAULT_RECIPE, encoder: "fast" }).frame.pixels).toBe(frame.pixels);
});

test("of unshared memory only the pixels go, not the buffer around them", () => {
  const around = Uint8Array.from({ length: 1000 }, (_, index) => index);
  const frame = new TestFrame(4, 4, around.subarray(100, 116), { shared: false });
  const { pixels } = toMessage({ frame, recipe: DEFAULT_RECIPE, encoder: "fast" }).frame;
  expect(pixels).toEqual(around.slice(100, 116));
  expect(pixels.buffer.byteLength).toBe(16);
});

test("a comment tells which frame it is, and of when, where that is asked and known", () => {
  const frame = Object.assign(new TestFrame(4, 4, new Uint8Array(16)), { iocTime: Date.UTC(2026, 10, 22) });
  const commentFor = (recipe: Recipe): string | undefined =>
    toMessage({ frame, recipe, encoder: "fast" }).options.comment;
  expect(commentFor({ ...DEFAULT_RECIPE, comment: true })).toBe(
    "uniqueId=1 timeStamp=2026-11-22T00:00:00.000Z",
  );
  expect(commentFor(DEFAULT_RECIPE)).toBeUndefined();
});

test("what is sent can be cloned: nothing of the frame's life goes along", () => {
  const message = toMessage({
    frame: new TestFrame(4, 4, new Uint8Array(16)),
    recipe: DEFAULT_RECIPE,
    encoder: "mozjpeg",
  });
  expect(Object.keys(message.frame).sort()).toEqual([
    "bigEndian",
    "codec",
    "colourMode",
    "height",
    "pixels",
    "sampleType",
    "width",
  ]);
  expect(structuredClone({ ...message, frame: { ...message.frame, pixels: undefined } }).encoder).toBe(
    "mozjpeg",
  );
});

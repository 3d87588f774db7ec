import { expect, test } from "bun:test";
import { PictureMessages } from "../../../server/http/views/picture-message.ts";
import { PICTURE } from "../../../server/http/protocol.ts";
import { RAW_HEADROOM, type RawPicture } from "../../../server/stream/index.ts";
import { readPictureMessage } from "../../../server/viewer/picture-message.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { picture } from "../fake-streams.ts";

const ofPage = (message: Uint8Array) => readPictureMessage(message.slice().buffer);

test("the header has room in front of raw frames, and keeps their samples aligned", () => {
  expect(PICTURE.end).toBeLessThanOrEqual(RAW_HEADROOM);
  expect(PICTURE.end % 16).toBe(0);
});

test("a picture's message is built once for all who send it under one number", () => {
  const messages = new PictureMessages(new ManualClock());
  const sent = picture(1);
  const message = messages.ofJpeg(sent, 7);
  expect(messages.ofJpeg({ ...sent, repeat: true }, 7)).toBe(message);
  const other = messages.ofJpeg(sent, 8);
  expect(other).not.toBe(message);
  expect([ofPage(message)!.stream, ofPage(other)!.stream]).toEqual([7, 8]);
});

test("a page reads what the header says of a JPEG", async () => {
  const clock = new ManualClock();
  await clock.advance(5000);
  const sent = { ...picture(2 ** 40), uniqueId: -(2 ** 31), receivedAt: 4000, placeholder: true };
  expect(ofPage(new PictureMessages(clock).ofJpeg(sent, 2 ** 32 - 1))).toEqual({
    kind: "jpeg",
    stream: 2 ** 32 - 1,
    sequence: 2 ** 40,
    uniqueId: -(2 ** 31),
    iocTime: Date.UTC(2026, 0, 1) + 123.456,
    receivedTime: Date.UTC(2026, 0, 1) + 4000,
    sentTime: Date.UTC(2026, 0, 1) + 5000,
    width: 8,
    height: 8,
    placeholder: true,
    jpeg: new Uint8Array(sent.jpeg),
  });
});

/** A raw frame whose bytes have the room in front of them that the stream leaves. */
function raw(more: Partial<RawPicture> = {}): RawPicture {
  const bytes = new Uint8Array(RAW_HEADROOM + 12).subarray(RAW_HEADROOM);
  bytes.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const { sequence, uniqueId, iocTime, receivedAt, repeat, placeholder } = picture(3);
  const notes = { sequence, uniqueId, iocTime, receivedAt, repeat, placeholder, cameraTime: undefined };
  const frame = { width: 3, height: 2, sampleType: "uint16", colourMode: "mono", bigEndian: false } as const;
  return { kind: "raw", bytes, ...notes, ...frame, ...more };
}

test("a page reads what the header says of a raw frame, whatever it is", () => {
  const messages = new PictureMessages(new ManualClock());
  for (const frame of [
    raw(),
    raw({ sampleType: "float64", colourMode: "yuv411", bigEndian: true, planes: 3, codec: "bslz4" }),
    raw({ colourMode: "bayer", bayer: "bggr", reverseX: true }),
    raw({ sampleType: "int8", codec: "jpeg", reverseY: true, iocTime: undefined, cameraTime: 5 }),
  ]) {
    const { width, height, sampleType, colourMode, bigEndian, planes = 1, bayer, codec = "none" } = frame;
    const { reverseX = false, reverseY = false } = frame;
    const read = ofPage(messages.ofRaw(frame, 5));
    expect(read).toMatchObject({ kind: "raw", stream: 5, sequence: 3, uniqueId: 1003, width, height });
    expect(read!.iocTime).toBe(frame.iocTime);
    if (read?.kind !== "raw") throw new Error("this is no raw frame");
    const shape = { width, height, sampleType, colourMode, bigEndian, planes, codec, reverseX, reverseY };
    expect(read.frame).toEqual({ ...shape, ...(bayer === undefined ? {} : { bayer }), pixels: frame.bytes });
  }
});

test("pixels of a raw frame are not copied, and the header of one socket leaves nothing in that of another", () => {
  const messages = new PictureMessages(new ManualClock());
  const frame = raw({ cameraTime: 77 });
  const message = messages.ofRaw(frame, 1);
  expect(message.buffer).toBe(frame.bytes.buffer);
  const first = message.slice();
  messages.ofRaw({ ...frame, colourMode: "bayer", bayer: "grbg", reverseX: true }, 2);
  expect(messages.ofRaw(frame, 1)).toEqual(first);
});

test("messages that are cut short, or of another version or kind, are none", () => {
  const message = new PictureMessages(new ManualClock()).ofRaw(raw(), 1).slice();
  for (const [at, value] of [
    [PICTURE.version, 2],
    [PICTURE.kind, 0],
    [PICTURE.kind, 3],
    [PICTURE.headerBytes, 3],
    [PICTURE.headerBytes + 1, 255],
    [PICTURE.sampleType, 10],
    [PICTURE.colourMode, 8],
    [PICTURE.codec, 7],
  ] as const) {
    expect(ofPage(message.with(at, value))).toBeUndefined();
  }
  for (let length = 0; length < PICTURE.end; length++)
    expect(ofPage(message.subarray(0, length))).toBeUndefined();
});

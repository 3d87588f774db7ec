import { expect, test } from "bun:test";
import { toNpyMessage } from "../../server/encode/messages.ts";
import { type PostedMessage, SlotReceiver, SlotSender } from "../../server/encode/slots.ts";
import { greyFrame, TestFrame } from "./test-frame.ts";

function sending(): { readonly sender: SlotSender; readonly forgotten: PostedMessage[] } {
  const forgotten: PostedMessage[] = [];
  return { sender: new SlotSender((message) => void forgotten.push(message)), forgotten };
}

/** The shared memory that is posted along with a message. */
function bufferIn(message: PostedMessage): unknown {
  return "frame" in message && "buffer" in message.frame.pixels ? message.frame.pixels.buffer : undefined;
}

test("shared memory goes over once, and its pixels are seen on the other side each time", () => {
  const { sender } = sending();
  const receiver = new SlotReceiver();
  const frame = greyFrame(8, 8, 1);
  const messages = [1, 2, 3].map((level) => {
    frame.pixels.fill(level);
    const message = sender.close(toNpyMessage({ frame }));
    const opened = receiver.open(message);
    expect(opened).toMatchObject({ kind: "npy", frame: { width: 8, height: 8, pixels: frame.pixels } });
    return message;
  });
  expect(messages.map(bufferIn)).toEqual([frame.pixels.buffer, undefined, undefined]);
});

test("two slots are two, and what lies in unshared memory goes over as it is", () => {
  const { sender } = sending();
  const receiver = new SlotReceiver();
  const frames = [greyFrame(4, 4, 7), greyFrame(4, 4, 8)];
  frames.push(new TestFrame(4, 4, new Uint8Array(16).fill(9), { shared: false }));
  for (let round = 0; round < 2; round++) {
    for (const frame of frames) {
      const opened = receiver.open(sender.close(toNpyMessage({ frame })));
      expect(opened).toMatchObject({ frame: { pixels: frame.pixels } });
    }
  }
});

test("memory that nobody has any more is forgotten on the other side", async () => {
  const { sender, forgotten } = sending();
  const receiver = new SlotReceiver();
  const kept = greyFrame(4, 4, 5);
  const keep = (): unknown => receiver.open(sender.close(toNpyMessage({ frame: kept })));
  keep();
  // In a function of its own, so that nothing of it stays on the stack.
  const post = (): PostedMessage[] =>
    Array.from({ length: 20 }, () => structuredClone(sender.close(toNpyMessage({ frame: greyFrame() }))));
  const late = post().map((message) => {
    receiver.open(message);
    const { frame } = message as Extract<PostedMessage, { kind: "npy" }>;
    const { slot } = frame.pixels as { slot: number };
    return { ...message, frame: { ...frame, pixels: { slot, offset: 24, bytes: 64 } } } as PostedMessage;
  });
  while (forgotten.length < 10) {
    Bun.gc(true);
    await Bun.sleep(5);
  }
  for (const message of forgotten) expect(receiver.open(message)).toBeUndefined();
  const gone = late.filter((message) => {
    try {
      receiver.open(message);
      return false;
    } catch {
      return true;
    }
  });
  expect(gone).toHaveLength(forgotten.length);
  expect(keep()).toMatchObject({ frame: { pixels: kept.pixels } });
});

/** A worker without a core, which does with each job what its quality says: a worker to see fail. */
import type { StartMessage, TaskMessage, WorkerMessage } from "../../../server/encode/messages.ts";
import { type PostedMessage, SlotReceiver } from "../../../server/encode/slots.ts";
import { wholePicture } from "../../support/picture-facts.ts";
import { DEAF_MARK, DEAF_MS, QUALITY } from "./parts.ts";

function answerTo(message: StartMessage | TaskMessage | undefined): WorkerMessage | undefined {
  if (message === undefined) return undefined;
  if (message.kind === "start") return { kind: "ready", build: "scalar" };
  if (message.kind !== "job") throw new Error(`a worker that knows no ${message.kind}`);
  const { quality } = message.recipe;
  const { pixels } = message.frame;
  if (quality === QUALITY.throws) throw new Error("a thread that throws");
  if (quality === QUALITY.exits) process.exit(3);
  if (quality === QUALITY.hangs) return undefined;
  if (quality === QUALITY.deafens) {
    pixels[0] = DEAF_MARK;
    Bun.sleepSync(DEAF_MS);
  }
  if (quality === QUALITY.waits) Atomics.wait(new Int32Array(pixels.buffer, pixels.byteOffset, 1), 0, 0);
  if (quality === QUALITY.refuses)
    return { kind: "refused", code: "bad-frame", message: "a frame of no use" };
  return {
    kind: "done",
    jpeg: new Uint8Array([quality]).buffer,
    facts: wholePicture(message.frame.width, message.frame.height),
    source: message.encoder,
    encodeMs: 1,
  };
}

const slots = new SlotReceiver();
self.onmessage = ({ data }: MessageEvent<PostedMessage>) => {
  const answer = answerTo(slots.open(data));
  if (answer !== undefined) self.postMessage(answer);
};

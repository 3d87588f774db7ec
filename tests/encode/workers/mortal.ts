/** The real worker, which dies in the midst of a job whose frame begins with a deadly pixel. */
import "../../../server/encode/worker.ts";
import { type PostedMessage, SlotReceiver } from "../../../server/encode/slots.ts";
import { DEADLY } from "./parts.ts";

const work = self.onmessage;
const slots = new SlotReceiver();

self.onmessage = (event: MessageEvent<PostedMessage>) => {
  const message = slots.open(event.data);
  const pixel = message !== undefined && "frame" in message ? message.frame.pixels[0] : undefined;
  if (pixel === DEADLY.exits) process.exit(1);
  if (pixel === DEADLY.throws) throw new Error("a deadly frame");
  if (pixel === DEADLY.rejects) void Promise.reject(new Error("nobody waits"));
  else work?.call(self, event);
};

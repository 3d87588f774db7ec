/** The real worker, which dies in the midst of a job whose frame begins with a deadly pixel. */
import "../../../server/encode/worker.ts";
import type { StartMessage, TaskMessage } from "../../../server/encode/messages.ts";
import { DEADLY } from "./parts.ts";

const work = self.onmessage;

self.onmessage = (event: MessageEvent<StartMessage | TaskMessage>) => {
  const { data } = event;
  if ("frame" in data && data.frame.pixels[0] === DEADLY.exits) process.exit(1);
  if ("frame" in data && data.frame.pixels[0] === DEADLY.throws) throw new Error("a deadly frame");
  if ("frame" in data && data.frame.pixels[0] === DEADLY.rejects) {
    void Promise.reject(new Error("nobody waits"));
    return;
  }
  work?.call(self, event);
};

/** A worker whose core cannot be loaded. */
import type { WorkerMessage } from "../../../server/encode/messages.ts";

self.onmessage = () => {
  const message: WorkerMessage = { kind: "unfit", message: "no core to be found" };
  self.postMessage(message);
};

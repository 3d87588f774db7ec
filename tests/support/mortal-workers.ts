/**
 * Loaded before the service (`bun --preload`): its encoder workers are mortal. They die of deadly frames
 * (`tests/encode/workers/mortal.ts`), and with LIFE_MS set each ends after so many milliseconds, whatever it does,
 * every other one after half as many again.
 */
import { isMainThread } from "node:worker_threads";

const MORTAL = new URL("../encode/workers/mortal.ts", import.meta.url);
const lifeMs = Number(process.env["LIFE_MS"] ?? 0);

if (isMainThread) {
  let born = 0;
  const RealWorker = globalThis.Worker;
  globalThis.Worker = class extends RealWorker {
    constructor(script: string | URL, options?: WorkerOptions) {
      const isEncoder = String(script).endsWith("/encode/worker.ts");
      super(isEncoder ? MORTAL : script, options);
      if (isEncoder && lifeMs > 0) setTimeout(() => this.terminate(), lifeMs * (1 + (born++ % 2) / 2));
    }
  };
}

import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import type { EncodeJob } from "../../server/encode/index.ts";
import { greyFrame } from "./test-frame.ts";
import { QUALITY } from "./workers/parts.ts";

/** A job for the obedient worker that lasts until the test ends it. */
export class GatedJob {
  readonly job: EncodeJob = {
    frame: greyFrame(8, 8, 0),
    recipe: { ...DEFAULT_RECIPE, quality: QUALITY.waits },
    encoder: "fast",
  };

  /** Lets the worker answer. */
  end(): void {
    const { buffer, byteOffset } = this.job.frame.pixels;
    const gate = new Int32Array(buffer, byteOffset, 1);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  }
}

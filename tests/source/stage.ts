import { silentLog } from "../../server/log.ts";
import type { StructureValue } from "../../server/pva/index.ts";
import {
  type CameraFrame,
  type ImageFault,
  type MemoryBudget,
  openSource,
  type Source,
  type SourceState,
} from "../../server/source/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { type ArrayWords, type LayoutName, ndarray, ramp } from "./build-ndarray.ts";
import { FakeClient, type FakeMonitor } from "./fake-client.ts";

/** A source on a fake client, with everything it said. */
export class Stage {
  readonly client = new FakeClient();
  readonly clock = new ManualClock();
  readonly states: SourceState[] = [];
  readonly frames: CameraFrame[] = [];
  readonly faults: ImageFault[] = [];
  readonly warnings: unknown[] = [];
  /** Updates for which there was no slot. */
  skipped = 0;
  readonly source: Source;

  constructor(maxFrameBytes = 1_000_000, budget?: MemoryBudget) {
    const log = { ...silentLog, warning: (...words: unknown[]) => void this.warnings.push(words) };
    this.source = openSource(
      "CAM:image",
      { client: this.client, clock: this.clock, log, maxFrameBytes, ...(budget && { budget }) },
      {
        state: (state) => this.states.push(state),
        frame: (frame) => this.frames.push(frame),
        skipped: () => this.skipped++,
        fault: (fault) => this.faults.push(fault),
      },
    );
  }

  get monitor(): FakeMonitor {
    return this.client.only;
  }

  /** A connected source whose PV has the layout of `layout`. */
  connected(layout: LayoutName = "pvxs"): this {
    this.monitor.connected(image({}, layout).type);
    return this;
  }
}

/** An image of 4 × 3 words, but for what is said otherwise, as that publisher sends it. */
export function image(words: Partial<ArrayWords> = {}, layout: LayoutName = "pvxs"): StructureValue {
  return ndarray(layout, { type: "ushort", samples: ramp("ushort", 12), sizes: [4, 3], ...words });
}

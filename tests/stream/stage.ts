import { DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { EncoderChoice } from "../../server/encode/index.ts";
import type { Log } from "../../server/log.ts";
import {
  type OpenOptions,
  StreamRegistry,
  type StreamPicture,
  type Viewer,
} from "../../server/stream/index.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { FakeEncoder } from "./fake-encoder.ts";
import { FakeSource, Holds } from "./fake-source.ts";

/** A viewer who takes every picture as soon as it can be had, and notes what it got and when. */
export interface Follower {
  readonly viewer: Viewer;
  readonly taken: { readonly picture: StreamPicture; readonly at: number }[];
}

/** A registry among fakes, on a clock that stands still. */
export class Stage {
  readonly clock = new ManualClock();
  readonly holds = new Holds();
  readonly encoder: FakeEncoder;
  readonly sources = new Map<string, FakeSource>();
  /** How often a source was opened. */
  opened = 0;
  readonly lines: string[] = [];
  readonly registry: StreamRegistry;

  constructor({ workers = 1, maxFps = 30, maxStreams = Infinity, memory = { spent: false } } = {}) {
    this.encoder = new FakeEncoder(workers, this.clock);
    this.registry = new StreamRegistry({
      openSource: (pv, listener) => {
        this.opened++;
        const source = new FakeSource(listener, this.holds, () => this.clock.now());
        this.sources.set(pv, source);
        return source;
      },
      encoder: this.encoder,
      newChoice: () => new EncoderChoice(),
      memory,
      clock: this.clock,
      log: logInto(this.lines),
      settings: { maxFps, lingerMs: 60_000, connectTimeoutMs: 3000, maxStreams },
    });
  }

  /** The newest source of a PV. */
  source(pv = "CAM"): FakeSource {
    const source = this.sources.get(pv);
    if (source === undefined) throw new Error(`nobody has opened ${pv}`);
    return source;
  }

  /** Lets everything due happen, then `milliseconds` pass. */
  async advance(milliseconds: number): Promise<void> {
    await settle();
    await this.clock.advance(milliseconds);
  }

  /** A viewer of a PV that is connected and has an image. */
  async watch(options: OpenOptions & { pv?: string; recipe?: Recipe } = {}): Promise<Viewer> {
    const { pv = "CAM", recipe = DEFAULT_RECIPE, ...rest } = options;
    const opening = this.registry.open(pv, recipe, rest);
    if (this.source(pv).published === 0) {
      this.source(pv).connect();
      this.source(pv).publish();
    }
    await settle();
    return opening;
  }

  /** Lets a viewer take pictures until it is closed. */
  follow(viewer: Viewer): Follower {
    const taken: { picture: StreamPicture; at: number }[] = [];
    const take = async (): Promise<void> => {
      for (;;) {
        const picture = await viewer.next();
        if (picture === undefined) return;
        taken.push({ picture, at: this.clock.now() });
      }
    };
    void take();
    return { viewer, taken };
  }
}

/** A log whose lines end up in `lines`, with names replaced by values. */
function logInto(lines: string[]): Log {
  const write = (message: unknown, properties?: unknown): void => {
    const values = properties as Readonly<Record<string, unknown>>;
    lines.push(String(message).replace(/\{(\w+)\}/gu, (_, name: string) => String(values[name])));
  };
  return { debug: write, info: write, warning: write, error: write };
}

/** Whether a promise is still pending once everything that is due has run; no time passes. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true;
  const settled = (): void => void (pending = false);
  promise.then(settled, settled);
  await settle();
  return pending;
}

import { ServiceError } from "../errors.ts";
import type { Recipe } from "../../wasm/core/index.ts";
import type { StreamPicture } from "./picture.ts";
import { stopping } from "./refusal.ts";
import type { StreamReport } from "./status.ts";
import { Stream } from "./stream.ts";
import type { StreamTools } from "./stream-tools.ts";
import type { OpenOptions, Streams } from "./streams.ts";
import { Totals } from "./totals.ts";
import type { Viewer } from "./viewer.ts";

/** All streams of the service, by PV name: there is one Stream for a PV that is watched or lingers, and none for others. */
export class StreamRegistry implements Pick<Streams, "open" | "latest" | "report" | "list" | "totals"> {
  readonly #tools: StreamTools;
  readonly #streams = new Map<string, Stream>();
  /** Jobs of streams that have ended, until they have let their frames go. */
  readonly #endings = new Set<Promise<void>>();
  readonly totals = new Totals();
  #stopping = false;

  constructor(tools: StreamTools) {
    this.#tools = tools;
  }

  async open(pv: string, recipe: Recipe, options: OpenOptions = {}): Promise<Viewer> {
    if (this.#stopping) throw stopping(pv);
    const { fps, signal } = options;
    const { maxFps } = this.#tools.settings;
    const wanted = fps ?? maxFps;
    if (!(wanted > 0))
      throw new ServiceError("bad-option", `fps is ${wanted}; it must be more than 0.`, { pv });
    signal?.throwIfAborted();
    return this.#stream(pv).open(recipe, { ...options, fps: Math.min(wanted, maxFps) });
  }

  latest(pv: string, recipe: Recipe): StreamPicture | undefined {
    return this.#streams.get(pv)?.latest(recipe);
  }

  report(pv: string): StreamReport | undefined {
    return this.#streams.get(pv)?.report;
  }

  list(): StreamReport[] {
    return [...this.#streams.values()].map((stream) => stream.report);
  }

  /** Ends all streams and viewers and takes no new ones. Resolves when no frame is held any more. */
  async close(): Promise<void> {
    this.#stopping = true;
    for (const stream of [...this.#streams.values()]) stream.close("The server is stopping.");
    await Promise.all(this.#endings);
  }

  #stream(pv: string): Stream {
    const open = this.#streams.get(pv);
    if (open !== undefined) return open;
    const stream = new Stream(pv, this.#tools, this.totals, (settled) => {
      this.#streams.delete(pv);
      const ending = settled.finally(() => this.#endings.delete(ending));
      this.#endings.add(ending);
    });
    this.#streams.set(pv, stream);
    return stream;
  }
}

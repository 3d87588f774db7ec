import { ServiceError } from "../errors.ts";
import type { Recipe } from "../../wasm/core/index.ts";
import { stopping } from "./refusal.ts";
import type { StreamReport } from "./status.ts";
import { Stream } from "./stream.ts";
import type { StreamTools } from "./stream-tools.ts";
import type { Viewer } from "./viewer.ts";

/** What a viewer may ask for besides its recipe. */
export interface OpenOptions {
  /** Pictures per second, more than 0; the service's own limit holds besides, and alone without this. */
  readonly fps?: number;
  /** Ends the wait for a first picture, and later the viewer. */
  readonly signal?: AbortSignal;
}

/** All streams of the service, by PV name: there is one Stream for a PV that is watched or lingers, and none for others. */
export class StreamRegistry {
  readonly #tools: StreamTools;
  readonly #streams = new Map<string, Stream>();
  /** Jobs of streams that have ended, until they have let their frames go. */
  readonly #endings = new Set<Promise<void>>();
  #stopping = false;

  constructor(tools: StreamTools) {
    this.#tools = tools;
  }

  /**
   * Begins to watch a PV. Resolves when the first picture can be had: it is encoded by then, and the viewer's `next`
   * has it, or a newer one if there is, at once.
   * @param pv channel name
   * @param recipe how its images are drawn; viewers with equal recipes share all work
   * @throws ServiceError `pv-not-found` when no server answered within the connect timeout; `no-image-yet` when one
   *   did but there was no picture in time; `bad-image` when there were only damaged ones; `not-an-image` when the PV is
   *   something else, or its images are too large to be encoded; `bad-option` when they cannot fulfil the recipe, with
   *   the wish, and for an fps that is not more than 0; `stopping`. The signal's reason when that aborted
   */
  async open(pv: string, recipe: Recipe, { fps, signal }: OpenOptions = {}): Promise<Viewer> {
    if (this.#stopping) throw stopping(pv);
    const { maxFps } = this.#tools.settings;
    const wanted = fps ?? maxFps;
    if (!(wanted > 0))
      throw new ServiceError("bad-option", `fps is ${wanted}; it must be more than 0.`, { pv });
    signal?.throwIfAborted();
    return this.#stream(pv).open(recipe, Math.min(wanted, maxFps), signal);
  }

  /** Every stream now, watched or lingering, in the order in which they were opened. */
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
    const stream = new Stream(pv, this.#tools, (settled) => {
      this.#streams.delete(pv);
      const ending = settled.finally(() => this.#endings.delete(ending));
      this.#endings.add(ending);
    });
    this.#streams.set(pv, stream);
    return stream;
  }
}

import type { Recipe } from "../../wasm/core/index.ts";
import type { EncodeError } from "../encode/index.ts";
import { ServiceError } from "../errors.ts";
import type { CameraFrame } from "../source/index.ts";
import type { StreamPicture } from "./picture.ts";
import { Quarantine } from "./quarantine.ts";
import { memoryFull, notEncoded, stopping, tooManyStreams } from "./refusal.ts";
import type { StreamReport } from "./status.ts";
import { Stream, type StreamCommons } from "./stream.ts";
import type { StreamTools } from "./stream-tools.ts";
import type { GlimpseOptions, OpenOptions, Streams, WatchOptions } from "./streams.ts";
import { Totals } from "./totals.ts";
import type { RawViewer, Viewer } from "./viewer.ts";

/** All streams of the service, by PV name: there is one Stream for a PV that is watched or lingers, and none for others. */
export class StreamRegistry implements Streams {
  readonly totals = new Totals();
  readonly #tools: StreamTools;
  readonly #quarantine: Quarantine;
  readonly #streams = new Map<string, Stream>();
  /** Jobs of streams that have ended, until they have let their frames go. */
  readonly #endings = new Set<Promise<void>>();
  #stopping = false;

  constructor(tools: StreamTools) {
    this.#tools = tools;
    this.#quarantine = new Quarantine(tools.clock, tools.log);
  }

  async open(pv: string, recipe: Recipe, options: OpenOptions = {}): Promise<Viewer> {
    const fps = this.#admit(pv, options);
    if (options.placeholder !== "always") this.#refuseQuarantined(pv);
    return this.#stream(pv).open(recipe, { ...options, fps });
  }

  async openRaw(pv: string, options: WatchOptions = {}): Promise<RawViewer> {
    const fps = this.#admit(pv, options);
    return this.#stream(pv).openRaw({ ...options, fps });
  }

  async glimpse(pv: string, options: GlimpseOptions): Promise<CameraFrame> {
    this.#admit(pv, options);
    this.#refuseQuarantined(pv);
    return this.#stream(pv).glimpse(options);
  }

  failed(pv: string, error: EncodeError): ServiceError {
    this.#quarantine.note(pv, error);
    return notEncoded(pv, error);
  }

  latest(pv: string, recipe: Recipe): StreamPicture | undefined {
    return this.#streams.get(pv)?.latest(recipe);
  }

  report(pv: string): StreamReport | undefined {
    return this.#streams.get(pv)?.report;
  }

  pvs(): string[] {
    return [...this.#streams.keys()];
  }

  /** What all of them do. Not for those who are asked by anybody: of hundreds of streams it takes milliseconds. */
  list(): StreamReport[] {
    return [...this.#streams.values()].map((stream) => stream.report);
  }

  /** Ends all streams and viewers and takes no new ones. Resolves when no frame is held any more. */
  async close(): Promise<void> {
    this.#stopping = true;
    for (const stream of [...this.#streams.values()]) stream.close("The server is stopping.");
    await Promise.all(this.#endings);
  }

  /** What is refused before anything is begun; returns the rate. */
  #admit(pv: string, { fps, signal }: Pick<WatchOptions, "fps" | "signal">): number {
    if (this.#stopping) throw stopping(pv);
    const { maxFps } = this.#tools.settings;
    const wanted = fps ?? maxFps;
    if (!(wanted > 0))
      throw new ServiceError("bad-option", `fps is ${wanted}; it must be more than 0.`, { pv });
    signal?.throwIfAborted();
    return Math.min(wanted, maxFps);
  }

  #refuseQuarantined(pv: string): void {
    const held = this.#quarantine.of(pv);
    if (held !== undefined) throw held.error;
  }

  #stream(pv: string): Stream {
    const open = this.#streams.get(pv);
    if (open !== undefined) return open;
    this.#makeRoom(pv);
    const commons: StreamCommons = {
      tools: this.#tools,
      totals: this.totals,
      quarantine: this.#quarantine,
      starved: (starving) => {
        if (starving.idleSince === undefined) this.#closeIdle(starving.pv);
      },
    };
    const stream = new Stream(pv, commons, (settled) => {
      this.#streams.delete(pv);
      const ending = settled.finally(() => this.#endings.delete(ending));
      this.#endings.add(ending);
    });
    this.#streams.set(pv, stream);
    return stream;
  }

  /** When there may be no more streams, or memory is spent, those that nobody has watched for longest make room. */
  #makeRoom(pv: string): void {
    const { memory, settings } = this.#tools;
    const { maxStreams = Infinity } = settings;
    if (this.#streams.size >= maxStreams && !this.#closeIdle(pv)) throw tooManyStreams(pv, maxStreams);
    while (memory?.spent === true) if (!this.#closeIdle(pv)) throw memoryFull(pv);
  }

  /** Closes the stream that nobody has watched for longest, for the good of `pv`; false if all are watched. */
  #closeIdle(pv: string): boolean {
    const idle = [...this.#streams.values()].filter(({ idleSince }) => idleSince !== undefined);
    const [oldest] = idle.sort((a, b) => a.idleSince! - b.idleSince!);
    oldest?.close(`Nobody watches, and ${pv} needs its place.`);
    return oldest !== undefined;
  }
}

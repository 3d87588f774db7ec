import { EncodeError } from "../encode/index.ts";
import type { Log } from "../log.ts";
import type { Hold } from "./quarantine.ts";
import { whyNotDrawn } from "./refusal.ts";
import type { Trouble } from "./trouble.ts";

/** Why a rendition's last job had no picture, and since when that is so. */
export class FailureRecord {
  readonly #pv: string;
  readonly #log: Log;
  #current: { readonly error: unknown; readonly since: number } | undefined;

  /** Sequence of the frame that was tried again. */
  #triedAgain = 0;

  constructor(pv: string, log: Log) {
    this.#pv = pv;
    this.#log = log;
  }

  /** Undefined when the last job had a picture. */
  get error(): unknown {
    return this.#current?.error;
  }

  /** When the first of the jobs failed that failed one after the other, by `Clock.now()`; undefined: none did. */
  get since(): number | undefined {
    return this.#current?.since;
  }

  /**
   * Whether a frame whose job failed is tried once more: if its worker died, for it need not have been its fault. That a
   * job hangs again is more likely than not, and costs a minute.
   */
  earnsAnotherTry(error: unknown, sequence: number): boolean {
    const crashed = error instanceof EncodeError && error.code === "worker-crashed";
    if (!crashed || sequence === this.#triedAgain) return false;
    this.#triedAgain = sequence;
    return true;
  }

  /** A job failed for good. Returns whether it was the first to do so; that one is logged. */
  note(error: unknown, sequence: number, now: number): boolean {
    const first = this.#current === undefined;
    this.#current = { error, since: this.#current?.since ?? now };
    if (first) this.#write(error, sequence);
    return first;
  }

  /** A job had a picture. Returns whether the one before had none. */
  mend(): boolean {
    const mended = this.#current !== undefined;
    this.#current = undefined;
    return mended;
  }

  /**
   * What viewers are told.
   * @param held while no job may begin
   * @param stallMs for how long it must last before it is told to who had a picture, milliseconds
   */
  trouble(held: Hold | undefined, stallMs: number): Trouble | undefined {
    const since = this.since ?? held?.since;
    if (since === undefined) return undefined;
    return { reason: whyNotDrawn(held?.error ?? this.error), since, from: since + stallMs };
  }

  #write(error: unknown, sequence: number): void {
    const code = error instanceof EncodeError ? error.code : undefined;
    // The service ends: nothing that anybody should look into.
    if (code === "closed") return;
    const properties = { pv: this.#pv, sequence, error };
    const message = "{pv}: frame {sequence} could not be encoded, nor may those after it: {error}";
    // What a viewer asked in vain is for the viewer to read, and each request could fill the log with it.
    this.#log[code === "bad-recipe" ? "debug" : "warning"](message, properties);
  }
}

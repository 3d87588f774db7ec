import type { Clock } from "../clock.ts";

const LONGEST_INTERVAL_MS = 15_000;
const SHORTEST_INTERVAL_MS = 1000;
/** So much of a message is life, also when it is not over: a large frame takes its time on a slow network. */
const STEP_BYTES = 16 * 1024;

/**
 * Sends echoes while a connection lives, also while data pour in (the server's timer looks at what *it* receives), and
 * reports silence. Life is a message that has come to its end, or a good part of one: a peer that trickles a byte now and
 * then within a message is as good as silent, and would otherwise never be given up. Intervals as in pvxs: 3/8 of EPICS_PVA_CONN_TMO, between 1 and 15 s.
 */
export class KeepAlive {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #intervalMs: number;
  readonly #actions: { readonly echo: () => void; readonly dead: (silentMs: number) => void };
  #lastHeard: number;
  /** Messages that had ended then, and bytes since. */
  #finished = 0;
  #bytes = 0;
  #cancel: () => void = () => undefined;

  /** @param idleMs silence after which `actions.dead` is called, once */
  constructor(
    clock: Clock,
    idleMs: number,
    actions: { readonly echo: () => void; readonly dead: (silentMs: number) => void },
  ) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    // The idle limit is 4/3 of the configured time-out, hence 9/32 of it.
    this.#intervalMs = Math.max(SHORTEST_INTERVAL_MS, Math.min(LONGEST_INTERVAL_MS, (idleMs * 9) / 32));
    this.#actions = actions;
    this.#lastHeard = clock.now();
  }

  start(): void {
    this.#lastHeard = this.#clock.now();
    this.#cancel = this.#clock.after(this.#intervalMs, () => this.#tick());
  }

  /**
   * Bytes came.
   * @param finished how many messages have come to their end since the beginning
   */
  heard(bytes: number, finished: number): void {
    this.#bytes += bytes;
    if (finished === this.#finished && this.#bytes < STEP_BYTES) return;
    this.#finished = finished;
    this.#bytes = 0;
    this.#lastHeard = this.#clock.now();
  }

  stop(): void {
    this.#cancel();
  }

  #tick(): void {
    const silentMs = this.#clock.now() - this.#lastHeard;
    if (silentMs >= this.#idleMs) {
      this.#actions.dead(silentMs);
      return;
    }
    this.#cancel = this.#clock.after(this.#intervalMs, () => this.#tick());
    this.#actions.echo();
  }
}

import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { StreamState } from "./status.ts";

/** Where the PV stands, whether anybody watches or not. */
interface Condition {
  readonly state: Exclude<StreamState, "lingering" | "closed">;
  readonly reason: string;
}

/** What a stream's life is made of. */
export interface LifeOptions {
  readonly pv: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Silence after which a live stream counts as stalled, milliseconds. */
  readonly stallMs: number;
  /** How long a stream stays open without viewers, milliseconds. */
  readonly lingerMs: number;
}

/** Who lives it. */
export interface LifeListener {
  /** State or reason have changed. */
  changed(): void;
  /** Nobody needs the stream any more: close it. */
  over(reason: string): void;
}

/**
 * The states of one stream, from the first viewer to its end.
 *
 *     (idle: there is no stream)
 *          │ first viewer
 *          ▼               image            no image for 5 s
 *     connecting ──────────────────→ live ──────────────────→ stalled
 *          │                         │ ↑ ←───────image─────── │ ↑
 *          │                    lost │ └─image─┐       ┌─lost─┘ │ answered again
 *          │ lost                    ▼         │       ▼        │
 *          └──────────────────────→ disconnected ───────────────┘
 *
 *     each of these four ── last viewer leaves ──→ lingering ── 60 s ──→ over, closed
 *                        ── last viewer leaves, no image ever ─────────→ over, closed
 *     lingering ── a viewer comes ──→ the one of the four that holds by then
 *     each ── close ──→ closed
 *
 * Each change of state is logged once, with its reason. The alarms of silence and linger are the only ones it sets.
 */
export class StreamLife {
  readonly #options: LifeOptions;
  readonly #listener: LifeListener;
  #condition: Condition;
  #state: StreamState = "connecting";
  #reason: string;
  #server: string | undefined;
  #lost: string | undefined;
  #lastImageAt: number | undefined;
  #cancelSilence: (() => void) | undefined;
  #cancelLinger: (() => void) | undefined;

  constructor(options: LifeOptions, listener: LifeListener) {
    this.#options = options;
    this.#listener = listener;
    this.#condition = { state: "connecting", reason: `Looking for ${options.pv}.` };
    this.#reason = this.#condition.reason;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Where the PV stands, whether anybody watches or not. */
  get condition(): Condition {
    return this.#condition;
  }

  /** Why, as one sentence. */
  get reason(): string {
    return this.#reason;
  }

  /** The server that answers for the PV; undefined while none does. */
  get server(): string | undefined {
    return this.#server;
  }

  /** Why the last connection was lost; undefined when there was none, or another since. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /** A server answers for the PV; images may or may not come. */
  answered(server: string): void {
    this.#server = server;
    this.#lost = undefined;
    if (this.#lastImageAt === undefined) {
      this.#follow("connecting", `${server} answers; waiting for the first image.`);
    } else if (this.#condition.state === "disconnected") {
      this.#follow("stalled", `${server} answers again; waiting for an image.`);
    }
  }

  /** The connection is gone. The search for another goes on by itself. */
  disconnected(reason: string): void {
    this.#server = undefined;
    this.#lost = reason;
    this.#stopWatchingSilence();
    this.#follow("disconnected", `The connection was lost: ${reason}`);
  }

  /** An image came. */
  image(): void {
    this.#lastImageAt = this.#options.clock.now();
    if (this.#cancelSilence === undefined) this.#watchSilence(this.#options.stallMs);
    if (this.#condition.state !== "live") this.#follow("live", "Images are coming.");
  }

  /** An update came that is no image. */
  fault(message: string): void {
    if (this.#condition.state !== "live") this.#follow(this.#condition.state, message);
  }

  /** Somebody needs the stream, be it for a moment: the linger begins anew when it is let go with `unwatched`. */
  held(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
  }

  /** A viewer has come. */
  watched(): void {
    this.held();
    if (this.#state === "lingering") this.#enter(this.#condition.state, this.#condition.reason);
  }

  /** The last viewer, or whoever needed the stream for a moment, has gone. */
  unwatched(): void {
    if (this.#state === "closed") return;
    this.held();
    if (this.#lastImageAt === undefined) {
      this.#listener.over("Nobody waits for a first image any more.");
      return;
    }
    const { clock, lingerMs } = this.#options;
    const seconds = lingerMs / 1000;
    this.#enter("lingering", `Nobody watches; kept open for ${seconds} s.`);
    this.#cancelLinger = clock.after(lingerMs, () =>
      this.#listener.over(`Nobody has watched for ${seconds} s.`),
    );
  }

  /** The end; whatever comes afterwards changes nothing. */
  close(reason: string): void {
    this.#cancelLinger?.();
    this.#stopWatchingSilence();
    this.#enter("closed", reason);
  }

  #follow(state: Condition["state"], reason: string): void {
    this.#condition = { state, reason };
    if (this.#state !== "lingering") this.#enter(state, reason);
  }

  #enter(state: StreamState, reason: string): void {
    if (this.#state === "closed" || (state === this.#state && reason === this.#reason)) return;
    const { pv, log } = this.#options;
    if (state !== this.#state) {
      log.info("{pv}: {from} → {to}. {reason}", { pv, from: this.#state, to: state, reason });
    }
    this.#state = state;
    this.#reason = reason;
    this.#listener.changed();
  }

  /** One alarm for many images: when it rings too early, it is set again for the rest. */
  #watchSilence(milliseconds: number): void {
    const { clock, stallMs } = this.#options;
    this.#cancelSilence = clock.after(milliseconds, () => {
      this.#cancelSilence = undefined;
      const rest = (this.#lastImageAt ?? -Infinity) + stallMs - clock.now();
      if (rest > 0) this.#watchSilence(rest);
      else this.#follow("stalled", `No image for ${stallMs / 1000} s.`);
    });
  }

  #stopWatchingSilence(): void {
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
  }
}

import type { Clock } from "../../clock.ts";
import { type ServerMessage, STATUS_EVERY_MS, type ViewState } from "../protocol.ts";

/** What the states of a socket's views are taken from. */
interface Stateful {
  readonly state: ViewState;
}

/**
 * The `state` messages of one socket: at each change those views that have changed, together, and all views every
 * STATUS_EVERY_MS. A socket that has not drained gets none; what has changed is told once it has, as it is then.
 */
export class StateFeed {
  readonly #views: Iterable<Stateful>;
  readonly #isFull: () => boolean;
  readonly #send: (message: ServerMessage) => void;
  readonly #clock: Clock;
  readonly #changed = new Set<Stateful>();
  #allAreDue = false;
  #gathering = false;
  #closed = false;
  #cancelTick: () => void;

  /** @param isFull whether the socket has not taken all it was given */
  constructor(
    views: Iterable<Stateful>,
    isFull: () => boolean,
    send: (message: ServerMessage) => void,
    clock: Clock,
  ) {
    this.#views = views;
    this.#isFull = isFull;
    this.#send = send;
    this.#clock = clock;
    this.#cancelTick = clock.after(STATUS_EVERY_MS, () => this.#tick());
  }

  /** Something about `view` has changed; told with all else that changes at this moment. */
  changed(view: Stateful): void {
    this.#changed.add(view);
    if (this.#gathering) return;
    this.#gathering = true;
    queueMicrotask(() => {
      this.#gathering = false;
      this.#tell();
    });
  }

  /** There is nothing more to tell of `view`. */
  forget(view: Stateful): void {
    this.#changed.delete(view);
  }

  /** The socket has drained. */
  drained(): void {
    this.#tell();
  }

  close(): void {
    this.#closed = true;
    this.#cancelTick();
  }

  #tick(): void {
    this.#cancelTick = this.#clock.after(STATUS_EVERY_MS, () => this.#tick());
    this.#allAreDue = true;
    this.#tell();
  }

  #tell(): void {
    if (this.#closed || this.#isFull()) return;
    if (!this.#allAreDue && this.#changed.size === 0) return;
    const views = [...(this.#allAreDue ? this.#views : this.#changed)];
    this.#allAreDue = false;
    this.#changed.clear();
    this.#send({ type: "state", views: views.map(({ state }) => state) });
  }
}

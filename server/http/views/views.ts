import type { Clock } from "../../clock.ts";
import type { Log } from "../../log.ts";
import type {
  ClientMessage,
  ServerMessage,
  SocketError,
  ViewFormat,
  ViewId,
  ViewWishes,
} from "../protocol.ts";
import { Refusal, refusalFrom } from "../refusal.ts";
import type { Mark } from "./control-message.ts";
import type { Feed } from "./feed.ts";
import type { Flight } from "./flight-window.ts";
import type { StateFeed } from "./state-feed.ts";
import type { Turns } from "./turns.ts";
import { View, type ViewHost } from "./view.ts";
import type { Asked } from "./wishes.ts";

/** Views at a time on one socket. */
export const MOST_VIEWS = 64;
const NORMAL_CLOSURE = 1000;
const GOING_AWAY = 1001;

/** How the views of any socket are opened. */
export interface ViewOpening {
  readonly clock: Clock;
  readonly log: Log;
  /** Weighs wishes; throws a Refusal. */
  readWishes(pv: string, wishes: ViewWishes, before: ViewFormat): Asked;
  /** Opens what was asked for; rejects as HTTP would refuse it, and when `signal` aborts. */
  openFeed(asked: Asked, signal: AbortSignal): Promise<Feed>;
}

/** The socket that views are on. */
export interface ViewsWire {
  readonly turns: Turns;
  readonly states: StateFeed;
  tell(message: ServerMessage): void;
  /** See ViewHost. */
  send(message: Uint8Array, taken: () => void): Flight;
  landed(flights: readonly Flight[]): void;
  gone(flights: readonly Flight[]): void;
  /** No view is left because their streams have ended, as they do when the server stops. */
  goAway(): void;
}

/** The views of one socket, by the ids that its client has given them: does what the client says, and answers. */
export class Views implements ViewHost {
  readonly clock: Clock;
  readonly turns: Turns;
  readonly #opening: ViewOpening;
  readonly #wire: ViewsWire;
  readonly #views = new Map<ViewId, View>();

  constructor(opening: ViewOpening, wire: ViewsWire) {
    this.clock = opening.clock;
    this.turns = wire.turns;
    this.#opening = opening;
    this.#wire = wire;
  }

  [Symbol.iterator](): Iterator<View> {
    return this.#views.values();
  }

  /** @throws Refusal when it cannot be done */
  carryOut(message: ClientMessage): void {
    switch (message.type) {
      case "open":
        this.#openView(message);
        return;
      case "update": {
        const view = this.#view(message.id);
        view.show(this.#opening.readWishes(view.pv, message, view.format));
        return;
      }
      case "close":
        this.#end(this.#view(message.id), NORMAL_CLOSURE, "Closed as asked.");
        return;
      case "ping":
        this.#wire.tell({ ...message, type: "pong" });
        return;
      case "ack":
        // Of a view that has ended meanwhile, or of a picture that was acknowledged before: nothing to be done.
        return;
    }
  }

  /** A picture was dealt with. False if it is none that is on its way. */
  acknowledge(id: ViewId, sequence: number): boolean {
    return this.#views.get(id)?.acknowledge(sequence) ?? false;
  }

  /** Ends all of them without a word. */
  close(): void {
    for (const view of this.#views.values()) view.close();
    this.#views.clear();
  }

  open(asked: Asked, signal: AbortSignal): Promise<Feed> {
    return this.#opening.openFeed(asked, signal);
  }

  isFree(stream: number, view: View): boolean {
    return [...this.#views.values()].every((other) => other === view || other.stream !== stream);
  }

  shown(view: View, request: "open" | "update", { pv, format, stream }: Feed): void {
    const type = request === "open" ? "opened" : "updated";
    this.#wire.tell({ type, id: view.id, pv, format, stream });
    this.changed(view);
  }

  refused(view: View, request: "open" | "update", error: unknown): void {
    if (request === "open") this.#forget(view);
    this.#wire.tell(errorMessage(refusalFrom(error, this.#opening.log, view.pv), { request, id: view.id }));
  }

  changed(view: View): void {
    this.#wire.states.changed(view);
  }

  send(message: Uint8Array, taken: () => void): Flight {
    return this.#wire.send(message, taken);
  }

  landed(flights: readonly Flight[]): void {
    this.#wire.landed(flights);
  }

  gone(flights: readonly Flight[]): void {
    this.#wire.gone(flights);
  }

  ended(view: View): void {
    this.#end(view, GOING_AWAY, "The stream has ended.");
    if (this.#views.size === 0) this.#wire.goAway();
  }

  #openView({ id, pv, ...wishes }: Extract<ClientMessage, { type: "open" }>): void {
    if (this.#views.has(id)) {
      throw new Refusal("id-in-use", "There is a view with this id; close it first, or update it.");
    }
    if (this.#views.size >= MOST_VIEWS) {
      throw new Refusal("too-many-views", `One socket has at most ${MOST_VIEWS} views.`);
    }
    const asked = this.#opening.readWishes(pv, wishes, "jpeg");
    const view = new View(id, asked, this);
    this.#views.set(id, view);
    view.show(asked);
    this.changed(view);
  }

  #view(id: ViewId): View {
    const view = this.#views.get(id);
    if (view === undefined) throw new Refusal("unknown-view", "There is no view with this id.");
    return view;
  }

  #end(view: View, code: number, reason: string): void {
    this.#forget(view);
    this.#wire.tell({ type: "closed", id: view.id, code, reason });
  }

  #forget(view: View): void {
    this.#views.delete(view.id);
    this.#wire.states.forget(view);
    view.close();
  }
}

/** A refusal as the answer to a message. */
export function errorMessage(refusal: Refusal, mark: Mark): SocketError {
  const { code, status, message, details, retryAfter } = refusal;
  return {
    type: "error",
    ...mark,
    error: code,
    status,
    message,
    ...details,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

import type { ClientMessage, ServerMessage, ViewState } from "../http/protocol.ts";
import { readPictureMessage } from "./picture-message.ts";
import {
  type OpenSocket,
  type Options,
  type PageClock,
  SILENCE_MS,
  type SocketListener,
} from "./stream-client.ts";

/** A socket without a view is kept for so long, because a view that is lost comes back; milliseconds. */
const UNUSED_MS = 1000;
const REFUSED = 4000;
/** What a browser says of a socket that was cut (RFC 6455, 7.4.1). */
const LOST = 1006;

/** What the socket beneath tells; `closed` once, also when it could not be opened. */
export interface WireListener {
  text(message: string): void;
  binary(message: ArrayBuffer): void;
  closed(code: number, reason: string): void;
}

/** The socket beneath; after `close` its listener hears nothing more. */
export interface Wire {
  send(text: string): void;
  close(): void;
}

interface View {
  readonly pv: string;
  options: Options;
  readonly listener: SocketListener;
  /** The number in the headers of its pictures, once it is open. */
  stream?: number;
}

/**
 * One WebSocket (`/ws`) for all cameras of a page; each gets what looks like a socket of its own. Opened when the first
 * camera wants one, closed when the last has gone. When it is lost, or nothing came over it for so long that it must be,
 * each camera is told that its own is, and asks for another when it likes: the first to do so opens the next.
 */
export class SharedSocket {
  readonly #open: (listener: WireListener) => Wire;
  readonly #clock: PageClock;
  readonly #views = new Map<number, View>();
  #wire: Wire | undefined;
  /** Whether the server has said hello: before that nothing may be sent. */
  #greeted = false;
  #lastId = 0;
  #stopUnused = (): void => {};
  #stopSilence = (): void => {};

  constructor(open: (listener: WireListener) => Wire, clock: PageClock) {
    this.#open = open;
    this.#clock = clock;
  }

  /** What opens one camera's part of it. */
  of(pv: string): OpenSocket {
    return (listener, options) => {
      const id = ++this.#lastId;
      const view = { pv, options, listener };
      this.#views.set(id, view);
      this.#stopUnused();
      if (this.#greeted) this.#sayOpen(id, view);
      else this.#wire ??= this.#connect();
      return { change: (others) => this.#change(id, others), close: () => this.#close(id) };
    };
  }

  #connect(): Wire {
    this.#watchSilence();
    return this.#open({
      text: (message) => {
        this.#watchSilence();
        this.#hearText(message);
      },
      binary: (message) => {
        this.#watchSilence();
        this.#hearPicture(message);
      },
      closed: (code, reason) => this.#lose(code, reason),
    });
  }

  /** A server that is there tells all states once a second, whatever there is to tell. */
  #watchSilence(): void {
    this.#stopSilence();
    this.#stopSilence = this.#clock.after(SILENCE_MS, () => {
      this.#wire?.close();
      this.#lose(LOST, "");
    });
  }

  #change(id: number, options: Options): void {
    const view = this.#views.get(id);
    if (view === undefined) return;
    view.options = options;
    if (this.#greeted) this.#say({ type: "update", id, options: Object.fromEntries(options) });
  }

  #close(id: number): void {
    if (!this.#views.delete(id)) return;
    if (this.#greeted) this.#say({ type: "close", id });
    if (this.#views.size > 0) return;
    this.#stopUnused();
    this.#stopUnused = this.#clock.after(UNUSED_MS, () => {
      this.#wire?.close();
      this.#forgetWire();
    });
  }

  #hearText(text: string): void {
    const message = messageIn(text);
    switch (message?.type) {
      case "hello":
        this.#greeted = true;
        for (const [id, view] of this.#views) this.#sayOpen(id, view);
        break;
      case "opened":
      case "updated": {
        const view = this.#viewOf(message.id);
        if (view !== undefined) view.stream = message.stream;
        break;
      }
      case "state":
        for (const state of statesIn(message.views)) this.#tellState(state);
        break;
      case "error":
        if (message.request === "open") this.#end(message.id, REFUSED + message.status, message.message);
        // The view goes on as it was, but nobody wants that any more.
        if (message.request === "update" && this.#viewOf(message.id) !== undefined) {
          this.#say({ type: "close", id: message.id! });
          this.#end(message.id, REFUSED + message.status, message.message);
        }
        break;
      case "closed":
        this.#end(message.id, message.code, message.reason);
        break;
    }
  }

  #tellState({ id, ...status }: ViewState): void {
    this.#viewOf(id)?.listener.text(JSON.stringify({ type: "status", ...status }));
  }

  #hearPicture(message: ArrayBuffer): void {
    const picture = readPictureMessage(message);
    if (picture?.kind !== "jpeg") return;
    for (const [id, { stream, listener }] of this.#views) {
      if (stream !== picture.stream) continue;
      const taken = (): void => {
        if (this.#greeted && this.#views.has(id)) this.#say({ type: "ack", id, sequence: picture.sequence });
      };
      listener.picture(new Blob([picture.jpeg], { type: "image/jpeg" }), taken);
      return;
    }
  }

  /** The server has ended one view. */
  #end(id: unknown, code: number, reason: string): void {
    const view = this.#viewOf(id);
    if (view === undefined) return;
    this.#views.delete(id as number);
    view.listener.closed(code, reason);
  }

  #lose(code: number, reason: string): void {
    const views = [...this.#views.values()];
    this.#views.clear();
    this.#forgetWire();
    for (const { listener } of views) listener.closed(code, reason);
  }

  #forgetWire(): void {
    this.#stopUnused();
    this.#stopSilence();
    this.#wire = undefined;
    this.#greeted = false;
  }

  #viewOf(id: unknown): View | undefined {
    return typeof id === "number" ? this.#views.get(id) : undefined;
  }

  #sayOpen(id: number, { pv, options }: View): void {
    this.#say({ type: "open", id, pv, options: Object.fromEntries(options) });
  }

  #say(message: ClientMessage): void {
    this.#wire?.send(JSON.stringify(message));
  }
}

/** The states in a `state` message: those that are objects. */
function statesIn(views: unknown): ViewState[] {
  const states: unknown[] = Array.isArray(views) ? views : [];
  return states.filter((state): state is ViewState => typeof state === "object" && state !== null);
}

/** What the server says; undefined for what is no message of its. Its members are looked at where they are used. */
function messageIn(text: string): ServerMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}

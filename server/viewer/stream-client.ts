import { CLOSE_CODE, STATUS_EVERY_MS, type StatusMessage } from "../http/protocol.ts";
import { parseStatusMessage } from "./status-message.ts";

/** What the page knows about one stream. `since` is POSIX milliseconds. */
export type StreamView =
  /** The socket is being opened, or the server has not said anything yet. */
  | { readonly kind: "connecting"; readonly since: number }
  /** The server speaks; `since` is when the stream's state last changed. */
  | { readonly kind: "open"; readonly since: number; readonly status: StatusMessage }
  /** The server will not or cannot show this PV; unless `final`, it is asked again now and then. */
  | {
      readonly kind: "refused";
      readonly since: number;
      readonly code: number;
      readonly reason: string;
      readonly final: boolean;
    }
  /** No server answers; it is tried again and again. */
  | { readonly kind: "lost"; readonly since: number }
  /** Closed to save work while nobody looks at the page. */
  | { readonly kind: "paused"; readonly since: number };

/** What a socket tells; `closed` is told once, also when the socket could not be opened. */
export interface SocketListener {
  text(message: string): void;
  /** @param taken to be called when the page has dealt with it: the server waits for that before it sends more */
  picture(jpeg: Blob, taken: () => void): void;
  closed(code: number, reason: string): void;
}

/** Picture options by name, as in the page's address. */
export type Options = ReadonlyMap<string, string>;

/** An open socket, or one that is being opened. */
export interface StreamSocket {
  /** Asks for other options: the pictures go on as they are until there are others. Not to be had: it is closed. */
  change(options: Options): void;
  /** After this the listener hears nothing more. */
  close(): void;
}

/** Opens a socket at once. */
export type OpenSocket = (listener: SocketListener, options: Options) => StreamSocket;

/** The page's clock: POSIX milliseconds, and alarms that can be cancelled. */
export interface PageClock {
  wallTime(): number;
  after(milliseconds: number, task: () => void): () => void;
}

export interface StreamListener {
  /** Something that is to be put into words has changed. */
  view(view: StreamView): void;
  /** A JPEG has come; the listener owns it, and calls `taken` when it has been drawn, or will not be. */
  picture(jpeg: Blob, taken: () => void): void;
}

/** A server that has said nothing for this long is gone: ten status messages have not come. Milliseconds. */
export const SILENCE_MS = 10 * STATUS_EVERY_MS;
/** A page nobody looks at keeps its streams this long, so that a glance at another tab costs nothing. */
const HIDDEN_GRACE_MS = 20_000;
/** Waits before the next try when no server answers: soon at first, then calmly. */
const LOST_RETRY_MS = [500, 1000, 2000, 4000, 8000];
/** Waits before a refused PV is asked for again. The server itself searches for seconds before it says "not found". */
const REFUSED_RETRY_MS: ReadonlyMap<number, number> = new Map([
  [CLOSE_CODE.notFound, 4000],
  [CLOSE_CODE.noImageYet, 2000],
  [CLOSE_CODE.notAnImage, 10_000],
  [CLOSE_CODE.badImage, 4000],
]);
/** An option that the server has weighed against the camera's image may be allowed when that is another one. */
const UNFIT_RETRY_MS = 10_000;

/**
 * One PV's stream for as long as the page shows it: opens the socket, opens it again when it was lost, asks calmly
 * for a PV that is not there, and lets go of the server while the page is hidden.
 *
 *     connecting ──→ open ──→ lost ──→ open …        a try that follows a refusal or a loss is silent:
 *          └───────→ refused ──→ open …              the words change when its outcome is known
 */
export class StreamClient {
  readonly #openSocket: OpenSocket;
  readonly #clock: PageClock;
  readonly #listener: StreamListener;
  readonly #random: () => number;
  #view: StreamView;
  #options: Options;
  #socket: StreamSocket | undefined;
  #losses = 0;
  /** Whether this socket has said anything: an option that nobody may have is refused without a word. */
  #spoken = false;
  #stopRetry = (): void => {};
  #stopSilence = (): void => {};
  #stopGrace = (): void => {};
  #ended = false;

  /** Connects at once. `random` (0–1) spreads the returns of many pages to a server that comes back. */
  constructor(
    openSocket: OpenSocket,
    options: Options,
    clock: PageClock,
    listener: StreamListener,
    random: () => number = Math.random,
  ) {
    this.#openSocket = openSocket;
    this.#options = options;
    this.#clock = clock;
    this.#listener = listener;
    this.#random = random;
    this.#view = { kind: "connecting", since: clock.wallTime() };
    this.#listener.view(this.#view);
    this.#connect();
  }

  /** Asks the server for other options; what is there stays until the first picture of them. */
  change(options: Options): void {
    this.#options = options;
    // What comes next may be that nobody may have them.
    this.#spoken = false;
    if (this.#socket !== undefined) this.#socket.change(options);
    else if (!this.#ended && this.#view.kind !== "paused") this.#connectAnew();
  }

  /** Call when the page is hidden or seen again. */
  visible(visible: boolean): void {
    if (this.#ended) return;
    this.#stopGrace();
    if (!visible) {
      this.#stopGrace = this.#clock.after(HIDDEN_GRACE_MS, () => {
        this.#drop();
        this.#show({ kind: "paused", since: this.#clock.wallTime() });
      });
    } else if (this.#view.kind === "paused") this.#connectAnew();
  }

  /** Ends the stream for good; the listener hears nothing more. Closing twice is harmless. */
  close(): void {
    this.#ended = true;
    this.#stopGrace();
    this.#drop();
  }

  #connectAnew(): void {
    this.#show({ kind: "connecting", since: this.#clock.wallTime() });
    this.#connect();
  }

  #connect(): void {
    this.#drop();
    this.#spoken = false;
    const listener: SocketListener = {
      text: (message) => this.#hearText(message),
      picture: (jpeg, taken) => {
        this.#watchSilence();
        this.#listener.picture(jpeg, taken);
      },
      closed: (code, reason) => this.#hearClose(code, reason),
    };
    this.#socket = this.#openSocket(listener, this.#options);
    this.#watchSilence();
  }

  /** Closes the socket and forgets every alarm that belonged to it. */
  #drop(): void {
    this.#stopRetry();
    this.#stopSilence();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #hearText(message: string): void {
    this.#watchSilence();
    const status = parseStatusMessage(message);
    if (status === undefined) return;
    this.#losses = 0;
    this.#spoken = true;
    // The silent try after a refusal: that it is connecting again is no news.
    if (this.#view.kind === "refused" && status.state === "connecting") return;
    const sameState = this.#view.kind === "open" && this.#view.status.state === status.state;
    this.#show({ kind: "open", status, since: sameState ? this.#view.since : this.#clock.wallTime() });
  }

  #hearClose(code: number, reason: string): void {
    this.#drop();
    if (code >= 4000) this.#beRefused(code, reason);
    else this.#beLost();
  }

  #beRefused(code: number, reason: string): void {
    const unfit = code === CLOSE_CODE.badOption && this.#spoken;
    const wait = unfit ? UNFIT_RETRY_MS : REFUSED_RETRY_MS.get(code);
    const same = this.#view.kind === "refused" && this.#view.code === code;
    const since = same ? this.#view.since : this.#clock.wallTime();
    this.#losses = 0;
    this.#show({ kind: "refused", since, code, reason, final: wait === undefined });
    if (wait !== undefined) this.#retryAfter(wait);
  }

  #beLost(): void {
    const wait = LOST_RETRY_MS[Math.min(this.#losses, LOST_RETRY_MS.length - 1)]!;
    this.#losses++;
    if (this.#view.kind !== "lost") this.#show({ kind: "lost", since: this.#clock.wallTime() });
    this.#retryAfter(wait * (0.75 + 0.5 * this.#random()));
  }

  #retryAfter(milliseconds: number): void {
    this.#stopRetry = this.#clock.after(milliseconds, () => this.#connect());
  }

  #watchSilence(): void {
    this.#stopSilence();
    this.#stopSilence = this.#clock.after(SILENCE_MS, () => {
      this.#drop();
      this.#beLost();
    });
  }

  #show(view: StreamView): void {
    this.#view = view;
    this.#listener.view(view);
  }
}

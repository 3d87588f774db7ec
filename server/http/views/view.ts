import type { Clock } from "../../clock.ts";
import type { ViewFormat, ViewId, ViewState } from "../protocol.ts";
import { lookingFor } from "../status-feed.ts";
import type { Drawn, Feed, Parcel } from "./feed.ts";
import type { Flight } from "./flight-window.ts";
import type { Sender, Turns } from "./turns.ts";
import type { Asked } from "./wishes.ts";

/** Pictures of one view that may be sent and not acknowledged. */
export const IN_FLIGHT = 2;

/** What a view needs of the socket that it is on. */
export interface ViewHost {
  readonly clock: Clock;
  readonly turns: Turns;
  /** Opens what was asked for. Rejects as HTTP would refuse it, and when `signal` aborts. */
  open(asked: Asked, signal: AbortSignal): Promise<Feed>;
  /** Whether no other view of the socket has this stream number. */
  isFree(stream: number, view: View): boolean;
  /** What was asked for last is shown from now on. */
  shown(view: View, request: "open" | "update", feed: Feed): void;
  /** What was asked for last cannot be shown; after an `open` there is nothing to go on with. */
  refused(view: View, request: "open" | "update", error: unknown): void;
  /** Something that its state tells has changed. */
  changed(view: View): void;
  /** Sends a picture; `taken` is called once the socket has taken all of it. */
  send(message: Uint8Array, taken: () => void): Flight;
  /** These are acknowledged: somebody may send the next. */
  landed(flights: readonly Flight[]): void;
  /** These will not be acknowledged. */
  gone(flights: readonly Flight[]): void;
  /** Its stream has ended. */
  ended(view: View): void;
}

/**
 * One PV on a socket that carries many: what was asked for, the feed that is shown, and the pictures on their way.
 *
 *     opening ──feed──→ shown ⇄ shown, and another feed being opened ──→ the other is shown, the first closed
 *        └──refused──→ gone        └──refused──→ shown as before
 */
export class View implements Sender {
  readonly id: ViewId;
  readonly pv: string;
  readonly #host: ViewHost;
  /** Sent and not acknowledged, oldest first. */
  readonly #inFlight: { readonly sequence: number; readonly flight: Flight }[] = [];
  #search: AbortController | undefined;
  #feed: Feed | undefined;
  #unfollow = (): void => {};
  /** A question put to the feed that it has not answered. */
  #question: { withdrawn: boolean } | undefined;
  #parcel: Parcel | undefined;
  #drawn: Drawn | undefined;
  #latencyMs: number | undefined;
  #answerMs: number | undefined;
  readonly #firstFormat: ViewFormat;

  /** @param asked what will be shown first */
  constructor(id: ViewId, asked: Asked, host: ViewHost) {
    this.id = id;
    this.pv = asked.viewing.pv;
    this.#firstFormat = asked.format;
    this.#host = host;
  }

  /** What it sends, or will send first. */
  get format(): ViewFormat {
    return this.#feed?.format ?? this.#firstFormat;
  }

  /** The stream number that it has; undefined before the first feed. */
  get stream(): number | undefined {
    return this.#feed?.stream;
  }

  /** Shows what was asked for as soon as there is a first picture of it; until then what it showed before. */
  show(asked: Asked): void {
    this.#search?.abort();
    const search = new AbortController();
    this.#search = search;
    void this.#open(asked, search);
  }

  /** The client has dealt with its pictures up to `sequence`. False if none of them was on its way. */
  acknowledge(sequence: number): boolean {
    const landed: Flight[] = [];
    while (this.#inFlight.length > 0 && this.#inFlight[0]!.sequence <= sequence)
      landed.push(this.#inFlight.shift()!.flight);
    const last = landed.at(-1);
    if (last === undefined) return false;
    this.#answerMs = this.#host.clock.now() - last.at;
    this.#host.landed(landed);
    return true;
  }

  /** What can be said of it now. */
  get state(): ViewState {
    const status = this.#feed?.status ?? lookingFor(this.pv);
    const { outFps = 0, pictures = 0, bytesOut = 0, drops = status.drops } = this.#feed?.report ?? {};
    const statistics = {
      fps: outFps,
      sent: pictures,
      bytes: bytesOut,
      drops,
      inFlight: this.#inFlight.length,
      ...(this.#latencyMs === undefined ? {} : { latencyMs: this.#latencyMs }),
      ...(this.#answerMs === undefined ? {} : { answerMs: this.#answerMs }),
    };
    return { id: this.id, ...status, ...this.#drawn?.told, statistics };
  }

  /** Ends whatever it does. Closing twice is harmless. */
  close(): void {
    this.#search?.abort();
    this.#dropFeed();
    this.#host.gone(this.#inFlight.splice(0).map(({ flight }) => flight));
  }

  get ready(): boolean {
    const idle = this.#question === undefined && this.#parcel === undefined;
    return this.#feed !== undefined && idle && this.#inFlight.length < IN_FLIGHT;
  }

  get waiting(): boolean {
    return this.#question !== undefined && this.#feed?.waiting === true;
  }

  ask(): boolean {
    if (this.#feed === undefined) return false;
    const question = { withdrawn: false };
    this.#question = question;
    void this.#hear(this.#feed, question);
    return !this.waiting;
  }

  withdraw(): void {
    this.#dropQuestion();
    this.#feed?.withdraw();
  }

  send(): void {
    const parcel = this.#parcel;
    if (parcel === undefined) return;
    this.#parcel = undefined;
    const message = parcel.message();
    if (parcel.drawn !== undefined) this.#noteDrawn(parcel.drawn);
    const flight = this.#host.send(message, () => (this.#latencyMs = parcel.taken(message.byteLength)));
    this.#inFlight.push({ sequence: parcel.sequence, flight });
  }

  async #open(asked: Asked, search: AbortController): Promise<void> {
    const request = this.#feed === undefined ? "open" : "update";
    try {
      const feed = await this.#host.open(asked, search.signal);
      if (search.signal.aborted) feed.close();
      else this.#replace(feed, request);
    } catch (error) {
      if (search.signal.aborted) return;
      this.#search = undefined;
      this.#host.refused(this, request, error);
    }
  }

  #replace(feed: Feed, request: "open" | "update"): void {
    this.#search = undefined;
    // Before the old feed gives its number back, which then never comes again.
    feed.takeNumber((stream) => this.#host.isFree(stream, this));
    this.#dropFeed();
    this.#feed = feed;
    this.#unfollow = feed.onStatus(() => this.#host.changed(this));
    this.#host.shown(this, request, feed);
    this.#host.turns.join(this);
  }

  /** Waits for the feed's answer. Undefined without having been withdrawn: its stream has ended. */
  async #hear(feed: Feed, question: { readonly withdrawn: boolean }): Promise<void> {
    const parcel = await feed.next();
    if (question.withdrawn) return;
    this.#question = undefined;
    if (parcel === undefined) {
      this.#host.ended(this);
      return;
    }
    this.#parcel = parcel;
    this.#host.turns.came(this);
  }

  /** A state tells each new region, size, issue or source of a picture at once, but not each new range. */
  #noteDrawn(drawn: Drawn): void {
    const sameWords = drawn.words === this.#drawn?.words;
    this.#drawn = drawn;
    if (!sameWords) this.#host.changed(this);
  }

  #dropFeed(): void {
    this.#host.turns.leave(this);
    this.#dropQuestion();
    this.#parcel = undefined;
    this.#unfollow();
    this.#feed?.close();
    this.#feed = undefined;
  }

  #dropQuestion(): void {
    if (this.#question !== undefined) this.#question.withdrawn = true;
    this.#question = undefined;
  }
}

import type { Clock } from "../../clock.ts";
import { closeRefused } from "../close-reason.ts";
import { type ServerMessage, VIEWS_VERSION } from "../protocol.ts";
import { Refusal, refusalFrom } from "../refusal.ts";
import { LONGEST_MESSAGE, type Socket, type SocketHandlers } from "../socket.ts";
import { SocketPulse } from "../socket-pulse.ts";
import { Allowance } from "./allowance.ts";
import { BadMessage, type Mark, parseControlMessage } from "./control-message.ts";
import { type Flight, FlightWindow } from "./flight-window.ts";
import { StateFeed } from "./state-feed.ts";
import { Turns } from "./turns.ts";
import { IN_FLIGHT } from "./view.ts";
import { errorMessage, MOST_VIEWS, type ViewOpening, Views, type ViewsWire } from "./views.ts";

/** Acknowledgements of pictures apart. Four messages for each view at once, as when a page changes an option of all. */
const MESSAGES = { burst: 4 * MOST_VIEWS, perSecond: 100 };
/** Messages that cannot be understood: a few of a newer client are answered, a stream of them is cut. */
const BAD_MESSAGES = { burst: 16, perSecond: 0.1 };
/** Characters of answers that may wait for a client to read them. */
const UNREAD_ANSWERS = 256 * 1024;
const GOING_AWAY = 1001;

/**
 * One client's socket with many views on it: reads what the client says, within limits, and puts what the views have onto
 * the wire. Nothing that a client says is kept, but for the ids of its views.
 *
 *     text ──→ control-message ──→ Views ──→ View ──next()──→ Feed        one of each for every PV shown
 *     text ←── answers, StateFeed    │         ↑ asked, withdrawn
 *     binary ←─────────────────── Turns ───────┘
 */
export class ViewsSocket implements SocketHandlers {
  readonly #opening: ViewOpening;
  readonly #clock: Clock;
  readonly #messages: Allowance;
  readonly #badMessages: Allowance;
  #line: Line | undefined;

  constructor(opening: ViewOpening) {
    this.#opening = opening;
    this.#clock = opening.clock;
    this.#messages = new Allowance(MESSAGES, this.#clock);
    this.#badMessages = new Allowance(BAD_MESSAGES, this.#clock);
  }

  open(socket: Socket): void {
    this.#line = new Line(socket, this.#opening);
  }

  message(data: string | Uint8Array): void {
    const line = this.#line;
    if (line === undefined) return;
    line.pulse.heard();
    let mark: Mark = {};
    try {
      const message = parseControlMessage(data);
      mark = { request: message.type, ...(message.id === undefined ? {} : { id: message.id }) };
      // Acknowledgements that belong to a picture are as many as the pictures; all else has a limit of its own.
      if (message.type === "ack" && line.views.acknowledge(message.id, message.sequence)) return;
      if (this.#messages.take()) line.views.carryOut(message);
      else line.hangUp(tooMany(`more than ${MESSAGES.perSecond} messages a second`));
    } catch (error) {
      if (error instanceof BadMessage) this.#answerBad(line, error);
      else line.tell(errorMessage(refusalFrom(error, this.#opening.log), mark));
    }
  }

  pong(): void {
    this.#line?.pulse.heard();
  }

  drain(): void {
    this.#line?.drained();
  }

  close(): void {
    this.#line?.close();
    this.#line = undefined;
  }

  #answerBad(line: Line, error: BadMessage): void {
    if (this.#badMessages.take()) line.tell(errorMessage(error, error.mark));
    else line.hangUp(new Refusal("bad-message", `Too many bad messages; the last: ${error.message}`));
  }
}

/** An open socket, and all that lives as long as it does. */
class Line implements ViewsWire {
  readonly turns: Turns;
  readonly states: StateFeed;
  readonly views: Views;
  readonly pulse: SocketPulse;
  readonly #socket: Socket;
  readonly #window: FlightWindow;
  /** To be called when the socket has taken the picture that was sent last. */
  #taken: (() => void) | undefined;
  #unread = 0;
  #ended = false;

  constructor(socket: Socket, opening: ViewOpening) {
    this.#socket = socket;
    this.#window = new FlightWindow(opening.clock);
    this.turns = new Turns(() => this.#mustWait());
    this.views = new Views(opening, this);
    const tell = (message: ServerMessage): void => {
      this.tell(message);
      // Once a second, also for those who wait for what is never acknowledged.
      this.turns.look();
    };
    this.states = new StateFeed(this.views, () => this.#isFull, tell, opening.clock);
    this.pulse = new SocketPulse(socket, opening.clock);
    this.tell({ type: "hello", version: VIEWS_VERSION, limits: LIMITS });
  }

  tell(message: ServerMessage): void {
    if (this.#ended) return;
    const text = JSON.stringify(message);
    if (this.#isFull) this.#unread += text.length;
    if (this.#unread > UNREAD_ANSWERS) this.hangUp(tooMany("answers that were not read"));
    else this.#socket.sendText(text);
  }

  send(message: Uint8Array, taken: () => void): Flight {
    const flight = this.#window.sent(message.byteLength);
    if (this.#ended) return flight;
    this.#socket.sendBinary(message);
    this.#taken = taken;
    if (!this.#isFull) this.#noteTaken();
    return flight;
  }

  landed(flights: readonly Flight[]): void {
    const waited = this.#mustWait();
    for (const flight of flights) this.#window.answered(flight);
    if (waited && !this.#mustWait()) this.turns.drained();
    else this.turns.look();
  }

  gone(flights: readonly Flight[]): void {
    for (const flight of flights) this.#window.forget(flight);
    if (!this.#ended) this.turns.look();
  }

  goAway(): void {
    this.#end();
    this.#socket.close(GOING_AWAY, "The stream has ended.");
  }

  hangUp(refusal: Refusal): void {
    this.#end();
    closeRefused(this.#socket, refusal);
  }

  drained(): void {
    this.pulse.heard();
    if (this.#isFull || this.#ended) return;
    this.#unread = 0;
    this.#noteTaken();
    this.states.drained();
    this.turns.drained();
  }

  /** The socket is closed. */
  close(): void {
    this.pulse.stop();
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.states.close();
    this.views.close();
  }

  #noteTaken(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  /** No picture may be sent now: the socket has not taken all it was given, or the client is behind. */
  #mustWait(): boolean {
    return this.#isFull || this.#window.full;
  }

  get #isFull(): boolean {
    return this.#socket.getBufferedAmount() > 0;
  }
}

const LIMITS = {
  views: MOST_VIEWS,
  inFlight: IN_FLIGHT,
  messageBytes: LONGEST_MESSAGE,
  messagesPerSecond: MESSAGES.perSecond,
};

function tooMany(what: string): Refusal {
  return new Refusal("too-many-messages", `The client was cut off: ${what}.`);
}

import type { Clock } from "../clock.ts";
import type { SearchedChannel } from "../message/search.ts";

/** New names wait this long so that many of them share a datagram (pvxs). */
const GATHER_MS = 10;
/** The n-th search of a name is followed by n seconds of waiting, but no more than these. */
const LONGEST_WAIT_S = 30;

/** A way to ask for channels: UDP, or the circuit of a name server. */
export interface SearchTransport {
  search(channels: readonly SearchedChannel[], sequence: number): void;
}

interface Sought extends SearchedChannel {
  tries: number;
  due: number;
}

/**
 * Asks for channels until they are found: after 10 ms, then 1, 2, 3 … 30 s apart, through every transport.
 * Whoever answers is somebody else's business: `forget` the channel then.
 */
export class Search {
  readonly #clock: Clock;
  readonly #transports = new Set<SearchTransport>();
  readonly #sought = new Map<number, Sought>();
  #cancelAlarm: () => void = () => undefined;
  #alarmAt = Infinity;
  #sequence = 0;
  /** Channel names asked for so far, each time counted. */
  asked = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a way to search; what is sought is asked for there soon. */
  addTransport(transport: SearchTransport): void {
    this.#transports.add(transport);
    this.hurry();
  }

  removeTransport(transport: SearchTransport): void {
    this.#transports.delete(transport);
  }

  /** Starts asking for a channel. */
  seek({ cid, name }: SearchedChannel): void {
    this.#sought.set(cid, { cid, name, tries: 0, due: this.#clock.now() + GATHER_MS });
    this.#setAlarm();
  }

  /** Stops asking. */
  forget(cid: number): void {
    this.#sought.delete(cid);
    if (this.#sought.size === 0) this.#clearAlarm();
  }

  /** Asks for everything sought once more now: a new server may know it. */
  hurry(): void {
    const soon = this.#clock.now() + GATHER_MS;
    for (const sought of this.#sought.values()) sought.due = Math.min(sought.due, soon);
    this.#setAlarm();
  }

  /** Forgets everything. */
  close(): void {
    this.#sought.clear();
    this.#transports.clear();
    this.#clearAlarm();
  }

  #setAlarm(): void {
    let earliest = Infinity;
    for (const { due } of this.#sought.values()) earliest = Math.min(earliest, due);
    if (earliest >= this.#alarmAt) return;
    this.#clearAlarm();
    if (earliest === Infinity) return;
    this.#alarmAt = earliest;
    this.#cancelAlarm = this.#clock.after(Math.max(0, earliest - this.#clock.now()), () => this.#ring());
  }

  #clearAlarm(): void {
    this.#cancelAlarm();
    this.#alarmAt = Infinity;
  }

  #ring(): void {
    this.#alarmAt = Infinity;
    const now = this.#clock.now();
    const due = [...this.#sought.values()].filter((sought) => sought.due <= now + GATHER_MS);
    for (const sought of due) {
      sought.tries++;
      sought.due = now + 1000 * Math.min(sought.tries, LONGEST_WAIT_S);
    }
    if (due.length > 0) {
      this.asked += due.length;
      const sequence = (this.#sequence = (this.#sequence + 1) >>> 0);
      for (const transport of this.#transports) transport.search(due, sequence);
    }
    this.#setAlarm();
  }
}

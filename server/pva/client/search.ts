import type { Clock } from "../clock.ts";
import type { SearchedChannel } from "../message/search.ts";
import { takeBatch } from "./search-batch.ts";

/** New names wait this long so that many of them share a datagram (pvxs). */
const GATHER_MS = 10;
/** The ring as pvxs has it: a name asked for n times waits in the bucket n turns ahead, at most one revolution. */
const BUCKETS = 30;
const TURN_MS = 1000;
/** Each turn is this much longer or shorter, so that the clients of a site do not all ask at once. */
const JITTER_MS = 25;
/** A bucket this much fuller than the next passes names on to it (pvxs). */
const UNEVEN = 100;
/** At most 4 datagrams in 20 ms, 200 a second, however many names there are: 10,000 take about 1.5 s. */
const BURST_BATCHES = 4;
const BURST_MS = 20;

/** A way to ask for channels: UDP, or the circuit of a name server. */
export interface SearchTransport {
  /** Asks for channels that fit one datagram. */
  search(channels: readonly SearchedChannel[], sequence: number): void;
}

/** A channel to be found. */
export interface SoughtChannel extends SearchedChannel {
  /** `host:port` of the server that had it last. */
  readonly lastServer?: string | undefined;
}

interface Sought {
  readonly channel: SoughtChannel;
  tries: number;
}

/**
 * Asks for channels until they are found, through every transport. Whoever answers is somebody else's business: `forget`
 * the channel then.
 *
 *     seek ──10 ms──→ queue ──≤ 200 datagrams a second──→ transports
 *                       ↑  └─────────────→ bucket n turns ahead
 *                       └──1 s a turn── ring of 30 buckets ←┘
 */
export class Search {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #transports = new Set<SearchTransport>();
  readonly #sought = new Map<number, Sought>();
  readonly #ring: readonly Set<Sought>[] = Array.from({ length: BUCKETS }, () => new Set<Sought>());
  /** To be asked for as soon as may be, in this order. */
  readonly #queue = new Set<Sought>();
  #turn = 0;
  #cancelTurn: (() => void) | undefined;
  #cancelBurst: (() => void) | undefined;
  #burstAt = Infinity;
  #lastBurst = -Infinity;
  #sequence = 0;
  /** Channel names asked for so far, each time counted. */
  asked = 0;

  /** @param random from 0 to 1, for the jitter */
  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
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
  seek(channel: SoughtChannel): void {
    this.forget(channel.cid);
    const sought = { channel, tries: 0 };
    this.#sought.set(channel.cid, sought);
    this.#queue.add(sought);
    this.#burstWithin(GATHER_MS);
    if (this.#cancelTurn === undefined) this.#nextTurn();
  }

  /** Stops asking. */
  forget(cid: number): void {
    const sought = this.#sought.get(cid);
    if (sought === undefined) return;
    this.#sought.delete(cid);
    this.#queue.delete(sought);
    for (const bucket of this.#ring) bucket.delete(sought);
    if (this.#sought.size === 0) this.#rest();
  }

  /** Asks for everything sought once more now, and as if for the first time after that: a new server may know it. */
  hurry(): void {
    this.#hurry([...this.#sought.values()]);
  }

  /** The same for what this server (`host:port`) had before: it has been restarted. */
  hurryOf(server: string): void {
    this.#hurry([...this.#sought.values()].filter(({ channel }) => channel.lastServer === server));
  }

  /** Forgets everything. */
  close(): void {
    for (const cid of [...this.#sought.keys()]) this.forget(cid);
    this.#transports.clear();
  }

  #hurry(all: readonly Sought[]): void {
    if (all.length === 0) return;
    for (const bucket of this.#ring) for (const sought of all) bucket.delete(sought);
    for (const sought of all) {
      sought.tries = 0;
      this.#queue.add(sought);
    }
    this.#burstWithin(GATHER_MS);
  }

  #rest(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    this.#cancelBurst?.();
    this.#burstAt = Infinity;
  }

  #nextTurn(): void {
    const jitterMs = JITTER_MS * (2 * this.#random() - 1);
    this.#cancelTurn = this.#clock.after(TURN_MS + jitterMs, () => {
      const bucket = this.#ring[this.#turn]!;
      this.#turn = (this.#turn + 1) % BUCKETS;
      for (const sought of bucket) this.#queue.add(sought);
      bucket.clear();
      if (this.#queue.size > 0) this.#burstWithin(0);
      this.#nextTurn();
    });
  }

  #burstWithin(milliseconds: number): void {
    const now = this.#clock.now();
    const at = Math.max(now + milliseconds, this.#lastBurst + BURST_MS);
    if (at >= this.#burstAt) return;
    this.#cancelBurst?.();
    this.#burstAt = at;
    this.#cancelBurst = this.#clock.after(at - now, () => this.#burst());
  }

  #burst(): void {
    this.#burstAt = Infinity;
    this.#lastBurst = this.#clock.now();
    for (let count = 0; count < BURST_BATCHES && this.#queue.size > 0; count++) {
      const batch = takeBatch(this.#queue, ({ channel }) => channel.name);
      for (const sought of batch) this.#putAway(sought);
      this.asked += batch.length;
      const sequence = (this.#sequence = (this.#sequence + 1) >>> 0);
      const channels = batch.map(({ channel }) => channel);
      for (const transport of this.#transports) transport.search(channels, sequence);
    }
    if (this.#queue.size > 0) this.#burstWithin(BURST_MS);
  }

  /** Into the bucket as many turns ahead as the name has been asked for, or the next where that is much emptier. */
  #putAway(sought: Sought): void {
    this.#queue.delete(sought);
    sought.tries = Math.min(sought.tries + 1, BUCKETS);
    const bucket = this.#ring[(this.#turn + sought.tries - 1) % BUCKETS]!;
    const next = this.#ring[(this.#turn + sought.tries) % BUCKETS]!;
    const uneven = sought.tries < BUCKETS && bucket.size - next.size > UNEVEN;
    (uneven ? next : bucket).add(sought);
  }
}

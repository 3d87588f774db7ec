import { lookup } from "node:dns/promises";
import { asError, isUnreadable, type PvaError } from "../errors.ts";
import { encodeSearch, type SearchedChannel } from "../message/search.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { Command } from "../wire/commands.ts";
import { BackOff, jittered } from "./back-off.ts";
import type { ServerConnection } from "./connection.ts";
import type { ConnectionPool, ConnectionUser } from "./connection-pool.ts";
import type { PvaClientSettings } from "./options.ts";
import type { Search, SearchTransport } from "./search.ts";

/** pvxs dials its name servers again every 10 s; ours may be the IOC itself, whose images are missed. A dial is cheap. */
const REDIAL_MS = 1000;
/** One that lets us in and soon leaves has everything searched anew each time; yet it may be an IOC that is being repaired. */
const UNSTEADY_REDIAL_MS = 1500;
/** One that lets us in and talks nonsense will hardly learn. */
const LONGEST_REDIAL_MS = 30_000;
/** A circuit that held this long was no failure. */
const STEADY_MS = 5000;
/** A server with this much unread would only be choked by more searches (pvxs). */
const BUSY_BYTES = 64 * 1024;

/** Keeps a connection to one entry of EPICS_PVA_NAME_SERVERS, and searches through it. */
export class NameServer implements ConnectionUser, SearchTransport {
  readonly #entry: Endpoint;
  readonly #settings: PvaClientSettings;
  readonly #pool: ConnectionPool;
  readonly #search: Search;
  readonly #backOff = new BackOff(REDIAL_MS, LONGEST_REDIAL_MS);
  #connection: ServerConnection | undefined;
  #readyAt = 0;
  #dialledAt = 0;
  /** When it is dialled again; undefined while there is a connection, or one is being made. */
  #redialAt: number | undefined;
  #cancelRedial: () => void = () => undefined;
  #ended = false;

  constructor(entry: Endpoint, settings: PvaClientSettings, pool: ConnectionPool, search: Search) {
    this.#entry = entry;
    this.#settings = settings;
    this.#pool = pool;
    this.#search = search;
    void this.#dial();
  }

  ready(connection: ServerConnection): void {
    this.#connection = connection;
    this.#readyAt = this.#settings.clock.now();
    this.#search.addTransport(this);
  }

  closed(error: PvaError): void {
    this.#search.removeTransport(this);
    const wasReady = this.#connection !== undefined;
    this.#connection = undefined;
    const steady = wasReady && this.#settings.clock.now() - this.#readyAt > STEADY_MS;
    if (steady) this.#backOff.succeeded();
    this.#redial(error.message, jittered(this.#patienceMs(error, steady || !wasReady)));
  }

  /** Somebody wants one more PV, which it may have: it is dialled now, but not more than once a second. */
  wanted(): void {
    const now = this.#settings.clock.now();
    const at = Math.max(now, this.#dialledAt + REDIAL_MS);
    if (this.#redialAt !== undefined && at < this.#redialAt) this.#dialAt(at);
  }

  search(channels: readonly SearchedChannel[], sequence: number): void {
    const connection = this.#connection;
    if (connection === undefined || connection.unsent > BUSY_BYTES) return;
    // In the connection's byte order: pvDatabase servers read TCP searches in it whatever the header's flag says.
    connection.send(Command.SEARCH, (writer) =>
      encodeSearch(writer, {
        sequence,
        replyRequired: false,
        unicast: true,
        replyHost: undefined,
        replyPort: 0,
        protocols: ["tcp"],
        channels,
      }),
    );
  }

  close(): void {
    this.#ended = true;
    this.#cancelRedial();
    this.#search.removeTransport(this);
    if (this.#connection !== undefined) this.#pool.leave(this.#connection, this);
  }

  #patienceMs(error: PvaError, isMerelyAway: boolean): number {
    if (isUnreadable(error)) return this.#backOff.failed();
    return isMerelyAway ? REDIAL_MS : UNSTEADY_REDIAL_MS;
  }

  async #dial(): Promise<void> {
    this.#redialAt = undefined;
    this.#dialledAt = this.#settings.clock.now();
    try {
      // By address, so that the answers' addresses find this very connection in the pool.
      const addresses = await lookup(this.#entry.host, { all: true });
      const { address } = addresses.find(({ family }) => family === 4) ?? addresses[0]!;
      if (!this.#ended) this.#pool.join({ host: address, port: this.#entry.port }, this);
    } catch (error) {
      this.#redial(asError(error).message, jittered(REDIAL_MS));
    }
  }

  #redial(reason: string, waitMs: number): void {
    if (this.#ended) return;
    this.#settings.log.debug("name server {server} not there: {reason}", {
      server: endpointName(this.#entry),
      reason,
    });
    this.#dialAt(this.#settings.clock.now() + waitMs);
  }

  #dialAt(at: number): void {
    const { clock } = this.#settings;
    this.#cancelRedial();
    this.#redialAt = at;
    this.#cancelRedial = clock.after(at - clock.now(), () => void this.#dial());
  }
}

import { isUnreadable, PvaError } from "../errors.ts";
import type { SearchResponse } from "../message/search-response.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { type ConnectionStatistics, ServerConnection } from "./connection.ts";
import type { PvaClientSettings } from "./options.ts";

/** A connection nobody uses is kept this long: the next channel of the same server is often not far. */
const IDLE_LINGER_MS = 5000;

/** A server that keeps sending what cannot be read is warned of once in this time. */
const FAULT_SILENCE_MS = 300_000;

/** What all connections did together since the client was made, those that have ended too: it only ever grows. */
export interface ConnectionTotals {
  /** Connections that were begun, also those to servers that were not there. */
  readonly opened: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly messagesReceived: number;
}

/** What a user of a connection hears of it. */
export interface ConnectionUser {
  ready(connection: ServerConnection): void;
  closed(error: PvaError): void;
}

interface Entry {
  readonly connection: ServerConnection;
  readonly users: Set<ConnectionUser>;
  cancelLinger: () => void;
}

/**
 * One connection per server address, shared by its users, closed when the last has gone for a while; and one more for
 * everybody who wants his own.
 */
export class ConnectionPool {
  readonly #settings: PvaClientSettings;
  readonly #searchResponse: (response: SearchResponse, from: string) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #entryOf = new Map<ServerConnection, Entry>();
  readonly #leaving = new Set<Promise<void>>();
  /** Servers that fell silent when told who we are. */
  readonly #anonymousOnly = new Set<string>();
  /** Servers that sent what cannot be read, and when that was told; the longest ago first. */
  readonly #faultTold = new Map<string, number>();
  #opened = 0;
  /** What the connections did that have ended. */
  #ended: Traffic = { bytesReceived: 0, bytesSent: 0, messagesReceived: 0 };

  constructor(settings: PvaClientSettings, searchResponse: (response: SearchResponse, from: string) => void) {
    this.#settings = settings;
    this.#searchResponse = searchResponse;
  }

  /**
   * Joins the connection to `endpoint`, opening it if need be. `user.ready` may be called at once.
   * @param owner a name under which nobody else joins: the connection is this user's own
   */
  join(endpoint: Endpoint, user: ConnectionUser, owner?: string): ServerConnection {
    const name = endpointName(endpoint);
    const key = owner === undefined ? name : `${name} ${owner}`;
    const entry = this.#entries.get(key) ?? this.#open(endpoint, key);
    entry.cancelLinger();
    entry.users.add(user);
    if (entry.connection.isReady) user.ready(entry.connection);
    return entry.connection;
  }

  /** Leaves a connection; calling it again, or after it closed, does nothing. */
  leave(connection: ServerConnection, user: ConnectionUser): void {
    const entry = this.#entryOf.get(connection);
    if (entry === undefined || !entry.users.delete(user) || entry.users.size > 0) return;
    entry.cancelLinger = this.#settings.clock.after(IDLE_LINGER_MS, () =>
      connection.close(new PvaError("disconnected", "nobody uses the connection")),
    );
  }

  /** Counters of every connection there is. */
  get statistics(): readonly ConnectionStatistics[] {
    return [...this.#entries.values()].map(({ connection }) => connection.statistics);
  }

  get totals(): ConnectionTotals {
    return { opened: this.#opened, ...this.statistics.reduce(sum, this.#ended) };
  }

  /** Ends every connection; resolves when all sockets are gone. */
  async close(): Promise<void> {
    for (const { connection } of [...this.#entries.values()])
      connection.close(new PvaError("closed", "client closed"));
    await Promise.all(this.#leaving);
  }

  #open(endpoint: Endpoint, key: string): Entry {
    const name = endpointName(endpoint);
    const users = new Set<ConnectionUser>();
    const connection = new ServerConnection(
      endpoint,
      this.#settings,
      {
        ready: () => {
          this.#settings.log.debug("connected to {server}", { server: name });
          for (const user of [...users]) user.ready(connection);
        },
        searchResponse: (response) => this.#searchResponse(response, name),
        closed: (error, hung) => {
          if (hung) this.#anonymousOnly.add(name);
          if (isUnreadable(error) && !this.#isFaultTold(name))
            this.#faultTold.set(name, this.#settings.clock.now());
          this.#remove(key, error);
        },
      },
      { anonymous: this.#anonymousOnly.has(name), isFaultTold: () => this.#isFaultTold(name) },
    );
    const entry: Entry = { connection, users, cancelLinger: () => undefined };
    this.#opened++;
    this.#entries.set(key, entry);
    this.#entryOf.set(connection, entry);
    return entry;
  }

  #isFaultTold(name: string): boolean {
    const since = this.#settings.clock.now() - FAULT_SILENCE_MS;
    for (const [server, toldAt] of this.#faultTold) {
      if (toldAt > since) break;
      this.#faultTold.delete(server);
    }
    return this.#faultTold.has(name);
  }

  #remove(key: string, error: PvaError): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#entryOf.delete(entry.connection);
    this.#ended = sum(this.#ended, entry.connection.statistics);
    entry.cancelLinger();
    this.#settings.log.debug("connection to {server} ended: {reason}", {
      server: entry.connection.name,
      reason: error.message,
    });
    const gone = entry.connection.gone.finally(() => this.#leaving.delete(gone));
    this.#leaving.add(gone);
    for (const user of [...entry.users]) user.closed(error);
  }
}

type Traffic = Omit<ConnectionTotals, "opened">;

function sum(one: Traffic, other: Traffic): Traffic {
  return {
    bytesReceived: one.bytesReceived + other.bytesReceived,
    bytesSent: one.bytesSent + other.bytesSent,
    messagesReceived: one.messagesReceived + other.messagesReceived,
  };
}

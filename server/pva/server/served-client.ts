import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ChannelTable } from "./channel-table.ts";
import type { Dialect } from "./dialect.ts";
import type { OperationHost } from "./operation.ts";
import type { Pv } from "./pv.ts";
import type { SearchedServer } from "./search-answer.ts";

/** What all connections of one server share. */
export interface ConnectionServer extends SearchedServer {
  readonly clock: Clock;
  readonly log: Log;
  /** The PV of this name, made now if need be; undefined where this server has none. */
  find(name: string): Pv | undefined;
  /** Makes the dialect of one more connection; left out: the plain one. */
  readonly newDialect?: (() => Dialect) | undefined;
  /** Counts for the server's statistics. */
  count(what: "updatesSent" | "updatesSquashed"): void;
}

/** One client as the handlers of its requests see it. */
export interface ServedClient extends OperationHost {
  readonly server: ConnectionServer;
  readonly table: ChannelTable;
  /** The client has said who it is: whoever it is, it may read. */
  validate(): void;
  /** As `reply`, of a message already framed. */
  replyWith(message: Uint8Array): void;
}

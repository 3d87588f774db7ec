import type { ByteWriter } from "../wire/byte-writer.ts";
import type { Dialect } from "./dialect.ts";
import type { Pv } from "./pv.ts";

/** A PV a client has opened. */
export interface Channel {
  readonly cid: number;
  readonly sid: number;
  readonly name: string;
  readonly pv: Pv;
}

/** What an operation may ask of the connection it runs on. */
export interface OperationHost {
  /** How messages are worded. */
  readonly dialect: Dialect;
  /** The operation has something to send: `take` it when the socket is free. */
  ready(operation: Operation): void;
  /** The operation is over: forget it. */
  finished(operation: Operation): void;
  /** Sends a small answer. A client that lets answers pile up is closed. */
  reply(command: number, body: (writer: ByteWriter) => void): void;
  /** Counts for the server's statistics. */
  count(what: "updatesSent" | "updatesSquashed"): void;
}

/** A GET, PUT, MONITOR or RPC under way. */
export interface Operation {
  readonly ioid: number;
  readonly channel: Channel;
  /** The command it was begun with. */
  readonly command: number;
  /**
   * The next message to send, made of the newest value at this very moment; undefined where there is none. The pieces
   * may view the PV's arrays.
   */
  take(): readonly Uint8Array[] | undefined;
  /** Stops watching; nothing more will be taken. */
  end(): void;
}

import type { ByteWriter } from "../wire/byte-writer.ts";
import type { ServerConnection } from "./connection.ts";
import type { ReplyHandler } from "./reply-handler.ts";

/** A channel as it exists on one connection: what its operations speak through. */
export class ChannelLink {
  readonly connection: ServerConnection;
  /** The server's id of the channel. */
  readonly sid: number;
  readonly #ioids = new Set<number>();
  #over = false;

  constructor(connection: ServerConnection, sid: number) {
    this.connection = connection;
    this.sid = sid;
  }

  /** Gives a handler an operation id; replies under it go there until `end` or `endAll`. */
  open(handler: ReplyHandler): number {
    const ioid = this.connection.nextIoid();
    this.connection.operations.set(ioid, handler);
    this.#ioids.add(ioid);
    return ioid;
  }

  /** Nothing more will come under this id. */
  end(ioid: number): void {
    this.#ioids.delete(ioid);
    this.connection.operations.delete(ioid);
  }

  /** The channel is gone, or its connection: nothing more will come under any of its ids. */
  endAll(): void {
    this.#over = true;
    for (const ioid of [...this.#ioids]) this.end(ioid);
  }

  /** Sends, unless the channel is gone: pvxs takes a message for a channel it has ended as a fault. */
  send(command: number, body: (writer: ByteWriter) => void): void {
    if (!this.#over) this.connection.send(command, body);
  }
}

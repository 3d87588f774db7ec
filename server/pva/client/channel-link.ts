import { MAX_ENDED_OPERATIONS } from "../limits.ts";
import { encodeRequestReference } from "../message/destroy-request.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { Command } from "../wire/commands.ts";
import type { ServerConnection } from "./connection.ts";
import type { ReplyHandler } from "./reply-handler.ts";

/** A channel as it exists on one connection: what its operations speak through. */
export class ChannelLink {
  readonly connection: ServerConnection;
  /** The server's id of the channel. */
  readonly sid: number;
  readonly #ioids = new Set<number>();
  /** Ended by us, the oldest first. */
  readonly #ended: number[] = [];
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

  /** Tells the server to end an operation. What is still under way goes to its handler, as long as few others have ended. */
  destroyRequest(ioid: number): void {
    const { sid } = this;
    this.send(Command.DESTROY_REQUEST, (writer) => encodeRequestReference(writer, { sid, ioid }));
    this.#ended.push(ioid);
    if (this.#ended.length > MAX_ENDED_OPERATIONS) this.end(this.#ended.shift()!);
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

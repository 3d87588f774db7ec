import { DecodeContext } from "../data/decode-context.ts";
import { TypeRegistry } from "../data/type-registry.ts";
import { PvaError } from "../errors.ts";
import { MAX_HANDSHAKE_BYTES } from "../limits.ts";
import { encodeConnectionValidated, encodeValidationRequest } from "../message/connection-validation.ts";
import { encodeDestroyChannel } from "../message/destroy-channel.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { Command, ControlCommand } from "../wire/commands.ts";
import { frameControl } from "../wire/frame.ts";
import { Framer } from "../wire/framer.ts";
import type { MessageHeader } from "../wire/header.ts";
import { MessageAssembler, type MessageSink } from "../wire/message-assembler.ts";
import { STATUS_OK } from "../wire/status.ts";
import { ChannelTable } from "./channel-table.ts";
import { type Dialect, PLAIN } from "./dialect.ts";
import {
  IDLE_TIMEOUT_MS,
  MAX_REQUEST_BYTES,
  MAX_UNSENT_REPLY_BYTES,
  VALIDATION_TIMEOUT_MS,
} from "./limits.ts";
import type { Operation } from "./operation.ts";
import { type ByteSink, Outbox } from "./outbox.ts";
import type { Pv } from "./pv.ts";
import { HANDLERS } from "./requests.ts";
import type { ConnectionServer, ServedClient } from "./served-client.ts";

/** Authentication methods, least preferred first. Neither proves anything: who may connect may read. */
const METHODS = ["anonymous", "ca"] as const;

/** The socket as a connection sees it. */
export interface ConnectionSocket extends ByteSink {
  /** Closes at once, whatever the peer does. */
  terminate(): void;
}

/** One client: its handshake, its channels and operations, and the order in which they use the socket. */
export class ServerConnection implements MessageSink, ServedClient {
  readonly server: ConnectionServer;
  readonly dialect: Dialect;
  readonly peer: string;
  readonly table = new ChannelTable();
  readonly registry = new TypeRegistry();
  readonly #socket: ConnectionSocket;
  readonly #outbox: Outbox;
  readonly #framer = new Framer(new MessageAssembler(this), {
    fromServer: false,
    maxMessageBytes: MAX_HANDSHAKE_BYTES,
  });
  /** Operations with something to send, the one waiting longest first. */
  readonly #ready = new Set<Operation>();
  #cancelTimer: () => void;
  #lastHeard: number;
  #replyBytes = 0;
  #validated = false;
  #over = false;

  constructor(socket: ConnectionSocket, peer: string, server: ConnectionServer) {
    this.#socket = socket;
    this.peer = peer;
    this.server = server;
    this.dialect = server.newDialect?.() ?? PLAIN;
    this.#outbox = new Outbox(socket);
    this.#lastHeard = server.clock.now();
    this.#cancelTimer = server.clock.after(VALIDATION_TIMEOUT_MS, () =>
      this.close("did not validate itself in time"),
    );
    this.#outbox.put([
      frameControl(this.dialect.sender, ControlCommand.SET_BYTE_ORDER),
      ...this.dialect.frame(Command.CONNECTION_VALIDATION, (writer) =>
        encodeValidationRequest(writer, METHODS),
      ),
    ]);
  }

  /** Takes what came from the socket. A client whose bytes make no sense is closed: framing is lost. */
  received(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#lastHeard = this.server.clock.now();
    try {
      this.#framer.push(chunk);
    } catch (error) {
      if (error instanceof PvaError) {
        this.close(`sent what cannot be understood: ${error.message}`);
        return;
      }
      this.server.log.error("a fault of ours while reading from {peer}: {error}", { peer: this.peer, error });
      this.close("cannot be served: a fault of ours");
    }
  }

  /** The socket takes bytes again. */
  drained(): void {
    this.#outbox.flush();
    this.#pump();
  }

  /** The socket is gone. */
  closed(): void {
    this.#over = true;
    this.#cancelTimer();
    this.#ready.clear();
    this.#outbox.clear();
    this.table.clear();
  }

  /** Ends the connection. */
  close(reason: string): void {
    if (this.#over) return;
    this.server.log.info("closing {peer}: {reason}", { peer: this.peer, reason });
    this.closed();
    this.#socket.terminate();
  }

  message(header: MessageHeader, payload: Uint8Array): void {
    if (this.#over) return;
    const handler = HANDLERS.get(header.command);
    if (handler === undefined) {
      this.server.log.debug("{peer} sent command {command}, skipped", {
        peer: this.peer,
        command: header.command,
      });
      return;
    }
    const validation = header.command === Command.CONNECTION_VALIDATION || header.command === Command.ECHO;
    if (!this.#validated && !validation)
      throw new PvaError("bad-header", `command ${header.command} before validation`);
    const own = header.command === Command.SEARCH && this.dialect.readsSearchesInOwnOrder;
    const bigEndian = own ? this.dialect.sender.bigEndian : header.bigEndian;
    handler(this, new DecodeContext(new ByteReader(payload, bigEndian), this.registry));
  }

  control(header: MessageHeader): void {
    if (header.command === ControlCommand.ECHO_REQUEST)
      this.#reply([frameControl(this.dialect.sender, ControlCommand.ECHO_RESPONSE, header.length)]);
  }

  validate(): void {
    if (!this.#validated) {
      this.#validated = true;
      this.#framer.maxMessageBytes = MAX_REQUEST_BYTES;
      this.#cancelTimer();
      this.#watchLife(IDLE_TIMEOUT_MS);
    }
    this.reply(Command.CONNECTION_VALIDATED, (writer) => encodeConnectionValidated(writer, STATUS_OK));
  }

  reply(command: number, body: (writer: ByteWriter) => void): void {
    this.#reply(this.dialect.frame(command, body));
  }

  replyWith(message: Uint8Array): void {
    this.#reply([message]);
  }

  /** Tells the client that the channels of this PV are gone; their operations end without further words. */
  destroyChannelsOf(pv: Pv): void {
    for (const channel of this.table.channelsOf(pv)) {
      for (const operation of this.table.remove(channel)) this.#ready.delete(operation);
      this.reply(Command.DESTROY_CHANNEL, (writer) => encodeDestroyChannel(writer, channel));
    }
  }

  ready(operation: Operation): void {
    this.#ready.add(operation);
    this.#pump();
  }

  finished(operation: Operation): void {
    operation.end();
    this.#ready.delete(operation);
    this.table.operations.delete(operation.ioid);
  }

  count(what: "updatesSent" | "updatesSquashed"): void {
    this.server.count(what);
  }

  /** While the socket is free: the next operation's newest data. */
  #pump(): void {
    while (this.#outbox.idle && !this.#over) {
      this.#replyBytes = 0;
      const [operation] = this.#ready;
      if (operation === undefined) return;
      this.#ready.delete(operation);
      const parts = operation.take();
      if (parts !== undefined) this.#outbox.put(parts);
    }
  }

  #reply(parts: readonly Uint8Array[]): void {
    if (this.#over) return;
    if (this.#outbox.idle) this.#replyBytes = 0;
    this.#replyBytes += parts.reduce((sum, part) => sum + part.byteLength, 0);
    if (this.#replyBytes > MAX_UNSENT_REPLY_BYTES) this.close("does not read its answers");
    else this.#outbox.put(parts);
  }

  /** Closes a client that stays silent; every byte from it starts the wait anew. */
  #watchLife(wait: number): void {
    this.#cancelTimer = this.server.clock.after(wait, () => {
      const left = this.#lastHeard + IDLE_TIMEOUT_MS - this.server.clock.now();
      if (left > 0) this.#watchLife(left);
      else this.close("was not heard of for too long");
    });
  }
}

import { DecodeContext } from "../data/decode-context.ts";
import { TypeRegistry } from "../data/type-registry.ts";
import { asError, PvaError } from "../errors.ts";
import { MAX_HANDSHAKE_BYTES, MESSAGE_OVERHEAD_BYTES } from "../limits.ts";
import { encodeValidationResponse } from "../message/connection-validation.ts";
import type { SearchResponse } from "../message/search-response.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { Command, ControlCommand } from "../wire/commands.ts";
import { frameControl, frameMessage } from "../wire/frame.ts";
import { Framer } from "../wire/framer.ts";
import type { MessageHeader } from "../wire/header.ts";
import { isSuccess, type Status } from "../wire/status.ts";
import { chooseAuthentication } from "./handshake.ts";
import { KeepAlive } from "./keep-alive.ts";
import { MonitorStream } from "./monitor-stream.ts";
import type { PvaClientSettings } from "./options.ts";
import { readAhead } from "./read-ahead.ts";
import { Receiver } from "./receiver.ts";
import { Remarks } from "./remarks.ts";
import { type ReplyContext, replyHandlers } from "./replies.ts";
import type { ConnectionChannel, ReplyHandler } from "./reply-handler.ts";
import { TcpStream } from "./tcp-stream.ts";
import type { StreamObserver } from "./traffic-observer.ts";

/** What the pool hears from a connection. */
export interface ConnectionEvents {
  /** Validated: channels may be created. */
  ready(): void;
  searchResponse(response: SearchResponse): void;
  /** Comes once. `hung` if the server fell silent after we named our method. */
  closed(error: PvaError, hung: boolean): void;
}

/** Counters of one connection. */
export interface ConnectionStatistics {
  readonly server: string;
  readonly ready: boolean;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly messagesReceived: number;
  readonly channels: number;
  /** Under way, or ended by us and still listened to. */
  readonly operations: number;
}

/**
 * One TCP connection to a server, shared by all its channels.
 *
 *     opened ─→ byte order ─→ validation ─→ our method ─→ validated = ready ─→ … ─→ closed
 */
export class ServerConnection implements ReplyContext {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly registry = new TypeRegistry();
  readonly channels = new Map<number, ConnectionChannel>();
  readonly operations = new Map<number, ReplyHandler>();
  readonly settings: PvaClientSettings;
  readonly remarks: Remarks;
  readonly #events: ConnectionEvents;
  readonly #anonymous: boolean;
  readonly #isFaultTold: () => boolean;
  readonly #observe: StreamObserver | undefined;
  readonly #stream: TcpStream;
  readonly #framer: Framer;
  readonly #receiver: Receiver;
  readonly #monitors: MonitorStream;
  readonly #keepAlive: KeepAlive;
  #cancelHandshake: () => void;
  #phase: "opening" | "greeted" | "answered" | "ready" | "closed" = "opening";
  #bigEndian = false;
  #lastIoid = 0;
  #bytesReceived = 0;

  /**
   * @param options `anonymous` do not use "ca" with this server; `isFaultTold` whether somebody has been warned already
   *   that it sends what cannot be read
   */
  constructor(
    endpoint: Endpoint,
    settings: PvaClientSettings,
    events: ConnectionEvents,
    options: { readonly anonymous: boolean; readonly isFaultTold: () => boolean },
  ) {
    this.endpoint = endpoint;
    this.name = endpointName(endpoint);
    this.settings = settings;
    this.remarks = new Remarks(this.name, settings.clock, settings.log);
    this.#events = events;
    this.#anonymous = options.anonymous;
    this.#isFaultTold = options.isFaultTold;
    this.#observe = settings.observer?.connection(this.name);
    this.#monitors = new MonitorStream({
      registry: this.registry,
      targetOf: (ioid) => this.operations.get(ioid)?.bulkTarget,
      whole: (header, payload) => this.#message(header, payload),
      maxArrayBytes: settings.maxArrayBytes,
    });
    this.#receiver = new Receiver(this.#monitors, {
      message: (header, payload) => this.#message(header, payload),
      control: (header) => this.#control(header),
    });
    this.#framer = new Framer(this.#receiver, { fromServer: true, maxMessageBytes: MAX_HANDSHAKE_BYTES });
    this.#keepAlive = new KeepAlive(settings.clock, settings.connectionTimeoutMs, {
      echo: () => this.send(Command.ECHO),
      dead: (silentMs) =>
        this.close(
          new PvaError("timeout", `${this.name} has not finished a message for ${Math.round(silentMs)} ms`),
        ),
    });
    this.#cancelHandshake = settings.clock.after(2 * settings.requestTimeoutMs, () =>
      this.close(new PvaError("timeout", `${this.name} did not finish its handshake`)),
    );
    this.#stream = new TcpStream(endpoint, {
      opened: () => undefined,
      received: (chunk) => this.#received(chunk),
      closed: (error) => this.#closed(error),
    });
  }

  /** Whether channels may be created. */
  get isReady(): boolean {
    return this.#phase === "ready";
  }

  /** Resolves when the socket is gone. */
  get gone(): Promise<void> {
    return this.#stream.gone;
  }

  /** An operation id not used on this connection before; 0 means none to the old C++ stack. */
  nextIoid(): number {
    return ++this.#lastIoid;
  }

  /** Bytes the peer has not taken yet. */
  get unsent(): number {
    return this.#stream.unsent;
  }

  get statistics(): ConnectionStatistics {
    return {
      server: this.name,
      ready: this.isReady,
      bytesReceived: this.#bytesReceived,
      bytesSent: this.#stream.bytesSent,
      messagesReceived: this.#receiver.messages,
      channels: this.channels.size,
      operations: this.operations.size,
    };
  }

  /** Sends one application message in the connection's byte order. */
  send(command: number, body?: (writer: ByteWriter) => void): void {
    this.#write(frameMessage({ fromServer: false, bigEndian: this.#bigEndian }, command, body));
  }

  /** Ends the connection; channels and operations hear of it through the pool. */
  close(error: PvaError): void {
    this.#stream.close(error);
  }

  /** The server listed its methods: introduces ourselves, once. */
  authenticate(methods: readonly string[]): void {
    if (this.#phase !== "opening" && this.#phase !== "greeted") return;
    const { user, host } = this.settings;
    const response = chooseAuthentication(methods, { user, host }, this.#anonymous);
    this.#phase = "answered";
    this.send(Command.CONNECTION_VALIDATION, (writer) => encodeValidationResponse(writer, response));
  }

  /** The server's verdict on us; means nothing before we have said who we are. */
  validated(status: Status): void {
    if (this.#phase !== "answered") return;
    if (!isSuccess(status)) {
      this.close(new PvaError("refused", `${this.name} does not let us in: ${status.message}`));
      return;
    }
    this.#cancelHandshake();
    this.#phase = "ready";
    this.#framer.maxMessageBytes = this.settings.maxArrayBytes + MESSAGE_OVERHEAD_BYTES;
    this.#keepAlive.start();
    this.#events.ready();
  }

  /** "Any" address is this host, and port 0 this very circuit. */
  searchResponse(response: SearchResponse): void {
    const { host = this.endpoint.host, port } = response;
    this.#events.searchResponse({ ...response, ...(port === 0 ? this.endpoint : { host, port }) });
  }

  /** Whether the chunk is needed no more. */
  #received(chunk: Uint8Array): boolean {
    this.#bytesReceived += chunk.length;
    this.#observe?.("received", chunk);
    try {
      this.#framer.push(chunk);
      // In the midst of an array, everything of the chunk has been decoded or copied to its place; observers keep pieces.
      const spent = this.#monitors.inArray && this.#observe === undefined;
      const ahead = readAhead(this.#framer, this.#monitors, (view) => this.#readInto(view));
      this.#bytesReceived += ahead;
      this.#keepAlive.heard(chunk.length + ahead, this.#receiver.messages + this.#receiver.controls);
      return spent;
    } catch (error) {
      const fault = this.#faultOf(error);
      this.close(fault);
      return false;
    }
  }

  #readInto(view: Uint8Array): number {
    const count = this.#stream.readInto(view);
    this.#observe?.("received", view.subarray(0, count));
    return count;
  }

  #write(bytes: Uint8Array): void {
    this.#observe?.("sent", bytes);
    this.#stream.write(bytes);
  }

  /** Tells what the server did wrong from what we did, and logs either as what it is. */
  #faultOf(error: unknown): PvaError {
    const { log } = this.settings;
    const server = this.name;
    if (error instanceof PvaError) {
      // message, offset and path by themselves too, for logs that are searched by property
      log[this.#isFaultTold() ? "debug" : "warning"](
        "{server} sent what cannot be read, closing: {code}: {message}\n{bytes}",
        {
          server,
          code: error.code,
          message: error.message,
          offset: error.numbers.offset,
          field: error.path,
          bytes: error.hexdump,
        },
      );
      return error;
    }
    log.error("a fault of ours while reading from {server}, closing: {error}", { server, error });
    return new PvaError("internal", `a fault of ours: ${asError(error).message}`, { cause: error });
  }

  #message(header: MessageHeader, payload: Uint8Array): void {
    if (this.#phase === "closed") return;
    const handle = replyHandlers.get(header.command);
    if (handle === undefined) {
      this.settings.log.debug("{server} sent command {command}, ignored", {
        server: this.name,
        command: header.command,
      });
      return;
    }
    handle(this, new DecodeContext(new ByteReader(payload, header.bigEndian), this.registry));
  }

  #control(header: MessageHeader): void {
    if (header.command === ControlCommand.SET_BYTE_ORDER) {
      this.#bigEndian = header.bigEndian;
      if (this.#phase === "opening") this.#phase = "greeted";
    } else if (header.command === ControlCommand.ECHO_REQUEST) {
      const sender = { fromServer: false, bigEndian: this.#bigEndian };
      this.#write(frameControl(sender, ControlCommand.ECHO_RESPONSE, header.length));
    }
  }

  #closed(error: PvaError): void {
    const hung = this.#phase === "answered" && error.code === "timeout";
    this.#phase = "closed";
    this.#cancelHandshake();
    this.#keepAlive.stop();
    this.#framer.close();
    this.#monitors.abort(error);
    this.#events.closed(error, hung);
  }
}

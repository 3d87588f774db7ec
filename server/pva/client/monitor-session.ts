import type { DecodeContext } from "../data/decode-context.ts";
import type { StructureDescription } from "../data/type-description.ts";
import { defaultStructure, type StructureValue } from "../data/value.ts";
import type { PvaError } from "../errors.ts";
import {
  decodeMonitorData,
  decodeMonitorFinish,
  encodeMonitorAck,
  encodeMonitorInit,
  encodeMonitorStart,
  encodeMonitorStop,
  type MonitorData,
} from "../message/monitor.ts";
import { decodeInitReply, Subcommand } from "../message/operation.ts";
import { buildPvRequest } from "../message/pv-request.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { Command } from "../wire/commands.ts";
import { decodeStatus, type Status } from "../wire/status.ts";
import type { BulkArray, BulkSink } from "./bulk.ts";
import type { ChannelLink } from "./channel-link.ts";
import type { BulkTarget } from "./monitor-stream.ts";
import type { ReplyHandler } from "./reply-handler.ts";

/** Subcommand bits that old C++ servers echo with a Status when a request came at a bad time. */
const ECHOED_REQUEST = 0xc4;

/** What a session asks for. */
export interface SessionRequest {
  /** Updates under way before the server waits for us; undefined without pipeline. */
  readonly window: number | undefined;
  readonly queueSize: number | undefined;
  /** Top-level member whose array goes to a sink. */
  readonly bulk: { readonly field: string; readonly sink: BulkSink } | undefined;
  /** Do not start before `resume`. */
  readonly paused: boolean;
}

/** What a session reports; nothing comes after `stop`. */
export interface SessionEvents {
  started(type: StructureDescription): void;
  refused(status: Status): void;
  update(data: MonitorData, bulk: BulkArray | undefined): void;
  finished(status: Status): void;
  undecodable(error: PvaError): void;
}

/**
 * One subscription on one channel link, from INIT to destroy, under one ioid. Stopped, it goes on reading what still
 * comes, so that types defined inside `any` values are not missed, until the server confirms the channel's end.
 */
export class MonitorSession implements ReplyHandler, BulkTarget {
  readonly #link: ChannelLink;
  readonly #request: SessionRequest;
  readonly #events: SessionEvents;
  readonly #ioid: number;
  readonly sink: BulkSink;
  #phase: "initialising" | "active" | "stopped" = "initialising";
  #current: StructureValue | undefined;
  #bulkMember: number | undefined;
  #unacknowledged = 0;
  #paused: boolean;

  constructor(link: ChannelLink, request: SessionRequest, events: SessionEvents) {
    this.#link = link;
    this.#request = request;
    this.#events = events;
    this.#paused = request.paused;
    this.sink = {
      acquire: (array) =>
        this.#phase === "active" && !this.#paused ? request.bulk?.sink.acquire(array) : undefined,
      abandon: (destination) => request.bulk?.sink.abandon(destination),
    };
    this.#ioid = link.open(this);
    const { window, queueSize } = request;
    const pvRequest = buildPvRequest({ pipeline: window !== undefined, queueSize });
    link.send(Command.MONITOR, (writer) =>
      encodeMonitorInit(writer, link.sid, this.#ioid, { request: pvRequest, window }),
    );
  }

  /** Whether the INIT reply has come. */
  get isActive(): boolean {
    return this.#phase === "active";
  }

  get current(): StructureValue {
    return this.#current!;
  }

  /** Replaces member `index` with what was learned elsewhere. */
  fill(index: number, value: StructureValue["members"][number]): void {
    this.#current = this.current.withMember(index, value);
  }

  get bulkMember(): number {
    return this.#bulkMember!;
  }

  get bulkTarget(): BulkTarget | undefined {
    return this.#current === undefined || this.#bulkMember === undefined ? undefined : this;
  }

  /** Asks for no more updates; those under way still come. Before the INIT reply the START is left out instead. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    if (this.#phase === "active") this.#send(encodeMonitorStop);
  }

  /** Lets updates come again. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#phase === "active") this.#send(encodeMonitorStart);
  }

  /** Ends the subscription at the server; no event comes from now on. */
  stop(): void {
    if (this.#phase === "stopped") return;
    this.#phase = "stopped";
    // What still comes is read for its types alone.
    if (this.#current !== undefined) this.#current = defaultStructure(this.#current.type);
    this.#link.destroyRequest(this.#ioid);
  }

  reply(subcommand: number, context: DecodeContext): void {
    if ((subcommand & Subcommand.INIT) !== 0) this.#initialised(context);
    else if (this.#current === undefined) return;
    else if ((subcommand & Subcommand.DESTROY) !== 0) this.#finished(context, this.#current);
    else if ((subcommand & ECHOED_REQUEST) !== 0) decodeStatus(context.reader);
    else this.update(decodeMonitorData(context, this.#current), undefined);
  }

  update(data: MonitorData, bulk: BulkArray | undefined): void {
    if (this.#phase !== "active") {
      if (bulk !== undefined) this.sink.abandon(bulk.destination);
      return;
    }
    this.#current = data.value;
    this.#events.update(data, bulk);
    this.#acknowledge();
  }

  undecodable(error: PvaError): void {
    if (this.#phase !== "stopped") this.#events.undecodable(error);
  }

  #send(body: (writer: ByteWriter, sid: number, ioid: number) => void): void {
    this.#link.send(Command.MONITOR, (writer) => body(writer, this.#link.sid, this.#ioid));
  }

  #initialised(context: DecodeContext): void {
    const { status, type } = decodeInitReply(context);
    if (type === undefined) {
      this.#link.end(this.#ioid);
      if (this.#phase !== "stopped") this.#events.refused(status);
      this.#phase = "stopped";
      return;
    }
    this.#current = defaultStructure(type);
    this.#bulkMember =
      this.#request.bulk === undefined ? undefined : type.indexOf.get(this.#request.bulk.field);
    if (this.#phase !== "initialising") return;
    this.#phase = "active";
    if (!this.#paused) this.#send(encodeMonitorStart);
    this.#events.started(type);
  }

  #finished(context: DecodeContext, base: StructureValue): void {
    const { status, data } = decodeMonitorFinish(context, base);
    if (data !== undefined) this.update(data, undefined);
    this.#link.end(this.#ioid);
    if (this.#phase === "active") this.#events.finished(status);
    this.#phase = "stopped";
  }

  /** Gives credits back in batches of half the window, as pvxs does; counts exactly, for servers believe any number. */
  #acknowledge(): void {
    const { window } = this.#request;
    if (window === undefined || this.#phase !== "active" || ++this.#unacknowledged < window / 2) return;
    const consumed = this.#unacknowledged;
    this.#unacknowledged = 0;
    this.#link.send(Command.MONITOR, (writer) =>
      encodeMonitorAck(writer, this.#link.sid, this.#ioid, consumed),
    );
  }
}

import { DecodeContext } from "../../server/pva/data/decode-context.ts";
import type { StructureDescription } from "../../server/pva/data/type-description.ts";
import { TypeRegistry } from "../../server/pva/data/type-registry.ts";
import { defaultStructure, type StructureValue } from "../../server/pva/data/value.ts";
import { PvaError } from "../../server/pva/errors.ts";
import { decodeBeacon } from "../../server/pva/message/beacon.ts";
import {
  decodeConnectionValidated,
  decodeValidationRequest,
} from "../../server/pva/message/connection-validation.ts";
import { decodeChannelCreated } from "../../server/pva/message/create-channel.ts";
import { decodeDestroyChannel } from "../../server/pva/message/destroy-channel.ts";
import { decodeGetData } from "../../server/pva/message/get.ts";
import { decodeFieldReply } from "../../server/pva/message/get-field.ts";
import { decodeMonitorData, decodeMonitorFinish } from "../../server/pva/message/monitor.ts";
import { decodeInitReply, decodeOperationReply, Subcommand } from "../../server/pva/message/operation.ts";
import { decodeOriginTag } from "../../server/pva/message/origin-tag.ts";
import { decodeSearch } from "../../server/pva/message/search.ts";
import { decodeSearchResponse } from "../../server/pva/message/search-response.ts";
import { decodeServerMessage } from "../../server/pva/message/server-message.ts";
import type { BulkTarget } from "../../server/pva/client/monitor-stream.ts";
import { MonitorStream } from "../../server/pva/client/monitor-stream.ts";
import { Receiver } from "../../server/pva/client/receiver.ts";
import { ntScalar, SharedPv } from "../../server/pva/index.ts";
import { silentLog } from "../../server/pva/log.ts";
import { PLAIN_SEARCH } from "../../server/pva/server/dialect.ts";
import { ServerConnection } from "../../server/pva/server/connection.ts";
import { ByteReader } from "../../server/pva/wire/byte-reader.ts";
import { Command } from "../../server/pva/wire/commands.ts";
import { decodeDatagram } from "../../server/pva/wire/datagram.ts";
import { Framer } from "../../server/pva/wire/framer.ts";
import type { MessageHeader } from "../../server/pva/wire/header.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { GET_IOID, MONITOR_IOID, PV_NAME } from "./streams.ts";

/** Takes a hostile stream; undefined where all of it could be read, else the fault. Any other throw is a finding. */
export type Target = (chunks: readonly Uint8Array[]) => PvaError | undefined;

const MAX_ARRAY_BYTES = 1024 * 1024;

/** The client's receiving half: framer, receiver, monitor stream, and the decoder of every message a server sends. */
export const intoClient: Target = (chunks) => {
  const peer = new DecodingClient();
  const framer = new Framer(peer.receiver, { fromServer: true, maxMessageBytes: 2 * MAX_ARRAY_BYTES });
  const fault = faultOf(() => {
    for (const chunk of chunks) framer.push(chunk);
  });
  peer.close(fault);
  return fault;
};

/** A connection of the server with all its handlers, over a socket that takes everything. */
export const intoServer: Target = (chunks) => {
  const clock = new ManualClock();
  const pv = new SharedPv(ntScalar("int"), { initial: { value: 1 } });
  const find = (name: string) => (name === PV_NAME ? pv : undefined);
  const server = {
    guid: new Uint8Array(12),
    clock,
    log: silentLog,
    port: 5075,
    has: () => true,
    searchDialect: PLAIN_SEARCH,
    find,
    count: () => undefined,
  };
  let closed = false;
  const socket = { write: (bytes: Uint8Array) => bytes.length, terminate: () => void (closed = true) };
  const connection = new ServerConnection(socket, "fuzz", server);
  const faults: unknown[] = [];
  const message = connection.message.bind(connection);
  // The connection closes on any throw; what kind of throw it was must not get lost here.
  connection.message = (header, payload) => {
    try {
      message(header, payload);
    } catch (error) {
      faults.push(error);
      throw error;
    }
  };
  for (const chunk of chunks) connection.received(chunk);
  pv.post({ value: 2 }, ["value"]);
  connection.closed();
  if (clock.pending > 0 || pv.watchers > 0)
    throw new Error(`leaked ${clock.pending} timers, ${pv.watchers} watchers`);
  return faultOf(() => {
    if (faults.length > 0) throw faults[0];
    if (closed) throw new PvaError("disconnected", "the server closed the connection");
  });
};

/** The decoders of everything that comes over UDP. */
export const intoDatagrams: Target = (chunks) => {
  const whole = new Uint8Array(Buffer.concat(chunks));
  return faultOf(() => {
    for (const { header, payload } of decodeDatagram(whole)) {
      const context = new DecodeContext(new ByteReader(payload, header.bigEndian), new TypeRegistry());
      if (header.command === Command.SEARCH) decodeSearch(context.reader);
      else if (header.command === Command.SEARCH_RESPONSE) decodeSearchResponse(context.reader);
      else if (header.command === Command.BEACON) decodeBeacon(context);
      else if (header.command === Command.ORIGIN_TAG) decodeOriginTag(context.reader);
    }
  });
};

/** Reads what a server sends as a connection does, for one monitor with a sink and one GET. */
class DecodingClient {
  readonly registry = new TypeRegistry();
  readonly receiver: Receiver;
  readonly #stream: MonitorStream;
  readonly #values = new Map<number, StructureValue>();
  /** Destinations given out and not come back. */
  readonly #lent = new Set<Uint8Array>();
  readonly #target: BulkTarget;

  constructor() {
    const value = (): StructureValue => this.#values.get(MONITOR_IOID)!;
    this.#target = {
      get current() {
        return value();
      },
      get bulkMember() {
        return value().type.indexOf.get("value")!;
      },
      sink: {
        acquire: ({ byteLength }) => {
          if (byteLength > MAX_ARRAY_BYTES) throw new Error(`asked for ${byteLength} bytes`);
          const destination = new Uint8Array(byteLength);
          this.#lent.add(destination);
          return destination;
        },
        abandon: (destination) => this.#giveBack(destination),
      },
      update: (data, bulk) => {
        this.#values.set(MONITOR_IOID, data.value);
        if (bulk !== undefined) this.#giveBack(bulk.destination);
      },
      undecodable: () => undefined,
    };
    const whole = (header: MessageHeader, payload: Uint8Array): void => this.#message(header, payload);
    this.#stream = new MonitorStream({
      registry: this.registry,
      targetOf: (ioid) => (ioid === MONITOR_IOID && this.#hasArray ? this.#target : undefined),
      whole,
      maxArrayBytes: MAX_ARRAY_BYTES,
    });
    this.receiver = new Receiver(this.#stream, { message: whole, control: () => undefined });
  }

  close(fault: PvaError | undefined): void {
    this.#stream.abort(fault ?? new PvaError("disconnected", "end of the stream"));
    if (this.#lent.size > 0) throw new Error(`${this.#lent.size} destinations never came back`);
  }

  get #hasArray(): boolean {
    return this.#values.get(MONITOR_IOID)?.type.indexOf.has("value") === true;
  }

  #giveBack(destination: Uint8Array): void {
    if (!this.#lent.delete(destination)) throw new Error("a destination came back twice");
  }

  #message({ command, bigEndian }: MessageHeader, payload: Uint8Array): void {
    const context = new DecodeContext(new ByteReader(payload, bigEndian), this.registry);
    if (command === Command.GET || command === Command.MONITOR) this.#reply(command, context);
    else DECODERS.get(command)?.(context);
  }

  #reply(command: number, context: DecodeContext): void {
    const { ioid, subcommand } = decodeOperationReply(context.reader);
    if (ioid !== GET_IOID && ioid !== MONITOR_IOID) return;
    if ((subcommand & Subcommand.INIT) !== 0) {
      const type: StructureDescription | undefined = decodeInitReply(context).type;
      if (type !== undefined) this.#values.set(ioid, defaultStructure(type));
      return;
    }
    const base = this.#values.get(ioid);
    if (base === undefined) return;
    if (command === Command.GET) this.#values.set(ioid, decodeGetData(context, base).value ?? base);
    else if ((subcommand & Subcommand.DESTROY) !== 0) decodeMonitorFinish(context, base);
    else this.#values.set(ioid, decodeMonitorData(context, base).value);
  }
}

type Decode = (context: DecodeContext) => unknown;

const DECODERS: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [Command.CONNECTION_VALIDATION, ({ reader }) => decodeValidationRequest(reader)],
  [Command.CONNECTION_VALIDATED, ({ reader }) => decodeConnectionValidated(reader)],
  [Command.SEARCH_RESPONSE, ({ reader }) => decodeSearchResponse(reader)],
  [Command.CREATE_CHANNEL, ({ reader }) => decodeChannelCreated(reader)],
  [Command.DESTROY_CHANNEL, ({ reader }) => decodeDestroyChannel(reader)],
  [Command.GET_FIELD, (context) => decodeFieldReply(context)],
  [Command.MESSAGE, ({ reader }) => decodeServerMessage(reader)],
]);

function faultOf(run: () => void): PvaError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PvaError) return error;
    throw error;
  }
}

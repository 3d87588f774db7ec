import type { DecodeContext } from "../data/decode-context.ts";
import { decodeValidationResponse } from "../message/connection-validation.ts";
import { decodeCreateChannel, encodeChannelCreated } from "../message/create-channel.ts";
import { decodeDestroyChannel, encodeDestroyChannel } from "../message/destroy-channel.ts";
import { decodeRequestReference } from "../message/destroy-request.ts";
import { decodeGetField, encodeFieldReply } from "../message/get-field.ts";
import { decodeMonitorAck, decodeMonitorInit, encodeMonitorData } from "../message/monitor.ts";
import {
  decodeOperationRequest,
  decodePvRequest,
  encodeInitReply,
  encodeOperationReply,
  type OperationRequest,
  Subcommand,
} from "../message/operation.ts";
import { readPvRequest } from "../message/pv-request.ts";
import { decodeRpcExecute } from "../message/rpc.ts";
import { decodeSearch } from "../message/search.ts";
import { Command } from "../wire/commands.ts";
import type { BitSet } from "../wire/bit-set.ts";
import { errorStatus, STATUS_OK } from "../wire/status.ts";
import { selectionOf, typeOfField } from "./field-bits.ts";
import { GetOperation } from "./get-operation.ts";
import { MonitorOperation } from "./monitor-operation.ts";
import type { Channel } from "./operation.ts";
import { PutOperation } from "./put-operation.ts";
import { RpcOperation } from "./rpc-operation.ts";
import { answerSearch } from "./search-answer.ts";
import type { ServedClient } from "./served-client.ts";

/** Reads one kind of message and does what it asks. A throw means the message cannot be understood: close. */
type Handler = (client: ServedClient, context: DecodeContext) => void;

/** Every command a client may send that we understand; all others are skipped. */
export const HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [Command.CONNECTION_VALIDATION, validate],
  [Command.ECHO, echo],
  [Command.SEARCH, search],
  [Command.CREATE_CHANNEL, createChannels],
  [Command.DESTROY_CHANNEL, destroyChannel],
  [Command.DESTROY_REQUEST, destroyRequest],
  // A cancelled operation may be executed again; the GET that waited is answered no more.
  [Command.CANCEL_REQUEST, cancelRequest],
  [Command.GET_FIELD, getField],
  [Command.GET, get],
  [Command.MONITOR, monitor],
  [Command.PUT, put],
  [Command.RPC, rpc],
  [Command.PUT_GET, unsupported(Command.PUT_GET, "PUT-GET")],
  [Command.PROCESS, unsupported(Command.PROCESS, "PROCESS")],
  [Command.ARRAY, unsupported(Command.ARRAY, "ARRAY")],
]);

function validate(client: ServedClient, context: DecodeContext): void {
  decodeValidationResponse(context);
  client.validate();
}

function echo(client: ServedClient, { reader }: DecodeContext): void {
  const payload = reader.take(reader.remaining);
  client.reply(Command.ECHO, (writer) => writer.bytes(payload));
}

function search(client: ServedClient, { reader }: DecodeContext): void {
  const answer = answerSearch(decodeSearch(reader), client.server, true);
  if (answer !== undefined) client.replyWith(answer);
}

function createChannels(client: ServedClient, { reader }: DecodeContext): void {
  for (const { cid, name } of decodeCreateChannel(reader)) {
    // Finding a PV may mean making it: not for a channel that will not be opened.
    const { channelsFull } = client.table;
    const pv = channelsFull ? undefined : client.server.find(name);
    const created =
      pv === undefined
        ? client.dialect.refusal(cid, channelsFull ? "too many channels" : `no channel ${name}`)
        : { cid, sid: client.table.open(cid, name, pv).sid, status: STATUS_OK };
    if (created !== undefined)
      client.reply(Command.CREATE_CHANNEL, (writer) => encodeChannelCreated(writer, created));
  }
}

function destroyChannel(client: ServedClient, { reader }: DecodeContext): void {
  const ids = decodeDestroyChannel(reader);
  const channel = client.table.channels.get(ids.sid);
  if (channel === undefined) return;
  client.table.remove(channel);
  client.reply(Command.DESTROY_CHANNEL, (writer) => encodeDestroyChannel(writer, ids));
}

function destroyRequest(client: ServedClient, { reader }: DecodeContext): void {
  const { ioid } = decodeRequestReference(reader);
  const operation = client.table.operations.get(ioid);
  if (operation === undefined) return;
  client.finished(operation);
  if (!(operation instanceof MonitorOperation)) return;
  for (const update of client.dialect.afterwards(operation.channel.pv))
    client.reply(Command.MONITOR, (writer) => encodeMonitorData(writer, ioid, update));
}

function cancelRequest(client: ServedClient, { reader }: DecodeContext): void {
  client.table.operations.get(decodeRequestReference(reader).ioid)?.end();
}

function getField(client: ServedClient, { reader }: DecodeContext): void {
  const { sid, ioid, subField } = decodeGetField(reader);
  const channel = client.table.channels.get(sid);
  const type = channel && typeOfField(channel.pv.type, subField);
  const status =
    type === undefined ? errorStatus(channel ? `no field ${subField}` : "no such channel") : STATUS_OK;
  client.reply(Command.GET_FIELD, (writer) => encodeFieldReply(writer, { ioid, status, type }));
}

function get(client: ServedClient, context: DecodeContext): void {
  const request = decodeOperationRequest(context.reader);
  if ((request.subcommand & Subcommand.INIT) !== 0) {
    const pvRequest = decodePvRequest(context);
    const begun = begin(client, Command.GET, request, readPvRequest(pvRequest));
    if (begun === undefined) return;
    client.table.operations.set(
      request.ioid,
      new GetOperation(request.ioid, begun.channel, begun.selection, client),
    );
    return;
  }
  const operation = client.table.operations.get(request.ioid);
  if (operation instanceof GetOperation) operation.execute(request.subcommand);
  else refuse(client, Command.GET, request, "no such GET");
}

function monitor(client: ServedClient, context: DecodeContext): void {
  const request = decodeOperationRequest(context.reader);
  const { ioid, subcommand } = request;
  if ((subcommand & Subcommand.INIT) !== 0) {
    const { request: pvRequest, window } = decodeMonitorInit(context, subcommand);
    if (window !== undefined && !client.dialect.knowsPipeline) return;
    const begun = begin(client, Command.MONITOR, request, readPvRequest(pvRequest));
    if (begun === undefined) return;
    const operation = new MonitorOperation(ioid, begun.channel, begun.selection, window, client);
    client.table.operations.set(ioid, operation);
    return;
  }
  // Acknowledgements and the like may still be under way for a monitor that is gone: nothing to say about them.
  const operation = client.table.operations.get(ioid);
  if (!(operation instanceof MonitorOperation)) return;
  if ((subcommand & Subcommand.PIPELINE) !== 0) operation.acknowledge(decodeMonitorAck(context.reader));
  if ((subcommand & Subcommand.START) === Subcommand.START) operation.start();
  else if ((subcommand & Subcommand.STOP) !== 0) operation.stop();
  if ((subcommand & Subcommand.DESTROY) !== 0) client.finished(operation);
}

function put(client: ServedClient, context: DecodeContext): void {
  const request = decodeOperationRequest(context.reader);
  if ((request.subcommand & Subcommand.INIT) !== 0) {
    const pvRequest = decodePvRequest(context);
    const handler = client.table.channels.get(request.sid)?.pv.onPut;
    const refusal = handler === undefined ? "read only" : undefined;
    const begun = begin(client, Command.PUT, request, { fields: readPvRequest(pvRequest).fields, refusal });
    if (begun !== undefined && handler !== undefined)
      client.table.operations.set(
        request.ioid,
        new PutOperation(request.ioid, begun.channel, handler, client),
      );
    return;
  }
  const operation = client.table.operations.get(request.ioid);
  if (operation instanceof PutOperation) operation.execute(request.subcommand, context);
  else refuse(client, Command.PUT, request, "no such PUT");
}

function rpc(client: ServedClient, context: DecodeContext): void {
  const request = decodeOperationRequest(context.reader);
  if ((request.subcommand & Subcommand.INIT) !== 0) {
    decodePvRequest(context);
    const handler = client.table.channels.get(request.sid)?.pv.onCall;
    const refusal = handler === undefined ? "not to be called" : undefined;
    const begun = begin(client, Command.RPC, request, { fields: [], refusal, withoutType: true });
    if (begun !== undefined && handler !== undefined)
      client.table.operations.set(
        request.ioid,
        new RpcOperation(request.ioid, begun.channel, handler, client),
      );
    return;
  }
  const argument = decodeRpcExecute(context);
  const operation = client.table.operations.get(request.ioid);
  if (operation instanceof RpcOperation) operation.execute(request.subcommand, argument);
  else refuse(client, Command.RPC, request, "no such RPC");
}

interface Begun {
  readonly channel: Channel;
  /** Leaf bits asked for; undefined for everything. */
  readonly selection: BitSet | undefined;
}

/** What an INIT asks for, besides its ids. */
interface Wish {
  /** Dotted names of the fields wanted; empty for all. */
  readonly fields: readonly string[];
  /** Why this PV cannot do it, if it cannot. */
  readonly refusal?: string | undefined;
  /** RPC: each call brings its own types. */
  readonly withoutType?: boolean;
}

/** Answers an INIT: with the PV's full type, as pvxs does whatever was selected, or with why not (then undefined). */
function begin(
  client: ServedClient,
  command: number,
  request: OperationRequest,
  { fields, refusal: cannot, withoutType = false }: Wish,
): Begun | undefined {
  const { table } = client;
  const channel = table.channels.get(request.sid);
  const selection = channel && selectionOf(channel.pv.type, fields);
  const refusal = initRefusal();
  if (refusal !== undefined || channel === undefined) {
    refuse(client, command, request, refusal ?? "");
    return undefined;
  }
  client.reply(command, (writer) => {
    encodeOperationReply(writer, { ioid: request.ioid, subcommand: Subcommand.INIT });
    encodeInitReply(writer, { status: STATUS_OK, type: withoutType ? undefined : channel.pv.type });
  });
  return { channel, selection: fields.length === 0 ? undefined : selection };

  function initRefusal(): string | undefined {
    if (channel === undefined) return "no such channel";
    if (cannot !== undefined) return `${channel.name} is ${cannot}`;
    if (selection === undefined) return `none of the fields ${fields.join(", ").slice(0, 200)}`;
    if (table.operations.has(request.ioid)) return "the request id is in use";
    return table.operationsFull ? "too many operations" : undefined;
  }
}

function refuse(client: ServedClient, command: number, request: OperationRequest, reason: string): void {
  const { ioid, subcommand } = request;
  client.reply(command, (writer) => {
    encodeOperationReply(writer, { ioid, subcommand });
    encodeInitReply(writer, { status: errorStatus(reason), type: undefined });
  });
}

/** What this server does not do it says, so that no client waits for an answer. */
function unsupported(command: number, word: string): Handler {
  return (client, { reader }) => {
    refuse(client, command, decodeOperationRequest(reader), `${word} is not supported`);
  };
}

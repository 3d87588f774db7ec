import type { DecodeContext } from "../data/decode-context.ts";
import { defaultStructure } from "../data/value.ts";
import { decodeBeacon } from "../message/beacon.ts";
import { decodeConnectionValidated, decodeValidationRequest } from "../message/connection-validation.ts";
import { decodeChannelCreated } from "../message/create-channel.ts";
import { decodeDestroyChannel } from "../message/destroy-channel.ts";
import { decodeFieldReply } from "../message/get-field.ts";
import { decodeGetData } from "../message/get.ts";
import { decodeMonitorData, decodeMonitorFinish, type MonitorData } from "../message/monitor.ts";
import { decodeInitReply, decodeOperationReply, Subcommand } from "../message/operation.ts";
import { decodeRpcAnswer } from "../message/rpc.ts";
import { decodeSearchResponse } from "../message/search-response.ts";
import { decodeServerMessage } from "../message/server-message.ts";
import { endpointName } from "../wire/address.ts";
import { Command } from "../wire/commands.ts";
import { decodeStatus, isSuccess } from "../wire/status.ts";
import type { Conversation, TracedOperation } from "./conversation.ts";
import {
  bitsText,
  hexText,
  named,
  namesText,
  shortened,
  statusText,
  subcommandText,
  typeFieldLines,
  valueFieldLines,
} from "./field-text.ts";

/** Decodes one payload into lines; keeps in the conversation what later messages refer to. */
type Describe = (context: DecodeContext, conversation: Conversation, command: number) => readonly string[];

const SUBCOMMANDS = [
  [Subcommand.INIT, "INIT"],
  [Subcommand.DESTROY, "DESTROY"],
  [Subcommand.GET, "GET"],
] as const;

/** What a server says, by command; the payload as the real decoders read it. */
export const describeServerMessage: ReadonlyMap<number, Describe> = new Map<number, Describe>([
  [Command.BEACON, beaconLines],
  [Command.SEARCH_RESPONSE, responseLines],
  [Command.CONNECTION_VALIDATION, validationLines],
  [Command.CONNECTION_VALIDATED, ({ reader }) => [statusText(decodeConnectionValidated(reader))]],
  [Command.CREATE_CHANNEL, createdLines],
  [Command.DESTROY_CHANNEL, destroyedLines],
  [Command.GET_FIELD, fieldLines],
  [Command.GET, operationLines],
  [Command.PUT, operationLines],
  [Command.MONITOR, operationLines],
  [Command.RPC, operationLines],
  [Command.MESSAGE, messageLines],
  [Command.ECHO, () => []],
]);

function placeText(host: string | undefined, port: number): string {
  return host === undefined ? `the sender, port ${port}` : endpointName({ host, port });
}

function beaconLines(context: DecodeContext): readonly string[] {
  const { guid, flags, sequence, changeCount, host, port, protocol } = decodeBeacon(context);
  return [
    `guid ${hexText(guid)}, flags ${flags}, sequence ${sequence}, changes ${changeCount}, server ${placeText(host, port)}, protocol ${shortened(protocol)}`,
  ];
}

function responseLines({ reader }: DecodeContext): readonly string[] {
  const { guid, sequence, host, port, protocol, found, cids } = decodeSearchResponse(reader);
  return [
    `${found ? "found" : "not found"}, sequence ${sequence}, server ${placeText(host, port)}, protocol ${shortened(protocol)}, guid ${hexText(guid)}`,
    `cids ${cids.join(", ")}`,
  ];
}

function validationLines({ reader }: DecodeContext): readonly string[] {
  const { bufferBytes, registrySize, methods } = decodeValidationRequest(reader);
  return [`buffer ${bufferBytes}, registry ${registrySize}, methods ${namesText(methods)}`];
}

function createdLines({ reader }: DecodeContext, conversation: Conversation): readonly string[] {
  const { cid, sid, status } = decodeChannelCreated(reader);
  if (isSuccess(status)) conversation.created(cid, sid);
  return [`${named(`cid ${cid}`, conversation.channelOfCid(cid))}, sid ${sid}, ${statusText(status)}`];
}

function destroyedLines({ reader }: DecodeContext, conversation: Conversation): readonly string[] {
  const { sid, cid } = decodeDestroyChannel(reader);
  const line = `sid ${sid}, ${named(`cid ${cid}`, conversation.channelOfCid(cid))}`;
  conversation.destroyed(cid, sid);
  return [line];
}

function messageLines({ reader }: DecodeContext): readonly string[] {
  const { ioid, severity, text } = decodeServerMessage(reader);
  return [`ioid ${ioid}, ${severity} ${shortened(text)}`];
}

function fieldLines(context: DecodeContext, conversation: Conversation): readonly string[] {
  const { ioid, status, type } = decodeFieldReply(context);
  const head = `${named(`ioid ${ioid}`, conversation.operations.get(ioid)?.channel)}, ${statusText(status)}`;
  conversation.operations.delete(ioid);
  return type === undefined ? [head] : [head, ...typeFieldLines("type", type)];
}

function operationLines(
  context: DecodeContext,
  conversation: Conversation,
  command: number,
): readonly string[] {
  const { ioid, subcommand } = decodeOperationReply(context.reader);
  const operation = conversation.operations.get(ioid);
  const head = `${named(`ioid ${ioid}`, operation?.channel)}, ${subcommandText(subcommand, SUBCOMMANDS)}`;
  if (operation === undefined) return [head, "an operation begun before this was looked at, or ended"];
  if ((subcommand & Subcommand.INIT) !== 0) return [head, ...initLines(context, operation, command)];
  const lines = dataLines(context, operation, command, subcommand);
  if ((subcommand & Subcommand.DESTROY) !== 0) conversation.operations.delete(ioid);
  return [head, ...lines];
}

/** Calls have no type of their own. */
function initLines(context: DecodeContext, operation: TracedOperation, command: number): readonly string[] {
  if (command === Command.RPC) return [statusText(decodeStatus(context.reader))];
  const { status, type } = decodeInitReply(context);
  if (type === undefined) return [statusText(status)];
  operation.current = defaultStructure(type);
  return [statusText(status), ...typeFieldLines("type", type)];
}

function dataLines(
  context: DecodeContext,
  operation: TracedOperation,
  command: number,
  subcommand: number,
): readonly string[] {
  if (command === Command.RPC) {
    const { status, value } = decodeRpcAnswer(context);
    return value === undefined
      ? [statusText(status)]
      : [statusText(status), ...typeFieldLines("type", value.type), ...valueFieldLines("value", value)];
  }
  if (command === Command.PUT && (subcommand & Subcommand.GET) === 0)
    return [statusText(decodeStatus(context.reader))];
  const base = operation.current;
  if (base === undefined) return ["its type is not known"];
  if (command !== Command.MONITOR) {
    const data = decodeGetData(context, base);
    if (data.value === undefined) return [statusText(data.status)];
    operation.current = data.value;
    return [
      statusText(data.status),
      bitsText("changed", data.changed),
      ...valueFieldLines("value", data.value),
    ];
  }
  if ((subcommand & Subcommand.DESTROY) === 0)
    return updateLines(operation, decodeMonitorData(context, base));
  const { status, data } = decodeMonitorFinish(context, base);
  return [statusText(status), ...(data === undefined ? [] : updateLines(operation, data))];
}

function updateLines(
  operation: TracedOperation,
  { changed, value, overrun }: MonitorData,
): readonly string[] {
  operation.current = value;
  return [bitsText("changed", changed), ...valueFieldLines("value", value), bitsText("overrun", overrun)];
}

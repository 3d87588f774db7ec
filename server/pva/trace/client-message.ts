import { DecodeContext } from "../data/decode-context.ts";
import { StructureValue } from "../data/value.ts";
import { decodeValidationResponse } from "../message/connection-validation.ts";
import { decodeCreateChannel } from "../message/create-channel.ts";
import { decodeDestroyChannel } from "../message/destroy-channel.ts";
import { decodeRequestReference } from "../message/destroy-request.ts";
import { decodeGetField } from "../message/get-field.ts";
import { decodeMonitorAck, decodeMonitorInit } from "../message/monitor.ts";
import { decodeOperationRequest, decodePvRequest, Subcommand } from "../message/operation.ts";
import { decodePutExecute } from "../message/put.ts";
import { decodeRpcExecute } from "../message/rpc.ts";
import { decodeSearch } from "../message/search.ts";
import { Command } from "../wire/commands.ts";
import { endpointName } from "../wire/address.ts";
import type { Conversation, TracedOperation } from "./conversation.ts";
import { bitsText, named, namesText, shortened, subcommandText, valueFieldLines } from "./field-text.ts";

/** Decodes one payload into lines; keeps in the conversation what later messages refer to. */
type Describe = (context: DecodeContext, conversation: Conversation, command: number) => readonly string[];

const SUBCOMMANDS = [
  [Subcommand.INIT, "INIT"],
  [Subcommand.DESTROY, "DESTROY"],
  [Subcommand.START, "START"],
  [Subcommand.GET, "GET"],
  [Subcommand.STOP, "STOP"],
  [Subcommand.PIPELINE, "PIPELINE"],
] as const;

/** What a client says, by command; the payload as the real decoders read it. */
export const describeClientMessage: ReadonlyMap<number, Describe> = new Map<number, Describe>([
  [Command.SEARCH, ({ reader }) => searchLines(decodeSearch(reader))],
  [Command.CONNECTION_VALIDATION, validationLines],
  [Command.CREATE_CHANNEL, createLines],
  [Command.DESTROY_CHANNEL, destroyLines],
  [Command.DESTROY_REQUEST, endLines],
  [Command.CANCEL_REQUEST, endLines],
  [Command.GET_FIELD, fieldLines],
  [Command.GET, operationLines],
  [Command.PUT, operationLines],
  [Command.MONITOR, operationLines],
  [Command.RPC, operationLines],
  [Command.ECHO, () => []],
]);

function searchLines(search: ReturnType<typeof decodeSearch>): readonly string[] {
  const { sequence, replyRequired, unicast, replyHost, replyPort, protocols, channels } = search;
  const flags = [replyRequired ? "reply required" : "", unicast ? "unicast" : ""].filter(
    (word) => word !== "",
  );
  const to =
    replyHost === undefined
      ? `the sender, port ${replyPort}`
      : endpointName({ host: replyHost, port: replyPort });
  return [
    `sequence ${sequence}, ${flags.length === 0 ? "no flags" : flags.join(", ")}, reply to ${to}, protocols ${namesText(protocols)}`,
    `${channels.length} channels: ${namesText(channels.map(({ cid, name }) => `${cid} ${name}`))}`,
  ];
}

function validationLines(context: DecodeContext): readonly string[] {
  const { bufferBytes, registrySize, qos, method, credentials } = decodeValidationResponse(context);
  const head = `buffer ${bufferBytes}, registry ${registrySize}, qos ${qos}, method ${shortened(method)}`;
  const { value } = credentials;
  return value instanceof StructureValue ? [head, ...valueFieldLines("credentials", value)] : [head];
}

function createLines({ reader }: DecodeContext, conversation: Conversation): readonly string[] {
  const channels = decodeCreateChannel(reader);
  for (const { cid, name } of channels) conversation.asked(cid, name);
  return channels.map(({ cid, name }) => `cid ${cid} ${shortened(name)}`);
}

function destroyLines({ reader }: DecodeContext, conversation: Conversation): readonly string[] {
  const { sid, cid } = decodeDestroyChannel(reader);
  return [`sid ${sid}, ${named(`cid ${cid}`, conversation.channelOfCid(cid))}`];
}

/** The operation is kept: what its server has sent already is still to be read. */
function endLines({ reader }: DecodeContext, conversation: Conversation): readonly string[] {
  const { sid, ioid } = decodeRequestReference(reader);
  return [`${named(`sid ${sid}`, conversation.channelOfSid(sid))}, ioid ${ioid}`];
}

function fieldLines(
  { reader }: DecodeContext,
  conversation: Conversation,
  command: number,
): readonly string[] {
  const { sid, ioid, subField } = decodeGetField(reader);
  const channel = conversation.channelOfSid(sid);
  conversation.operations.set(ioid, { command, channel });
  return [
    `${named(`sid ${sid}`, channel)}, ioid ${ioid}, field ${subField === "" ? "all" : shortened(subField)}`,
  ];
}

function operationLines(
  context: DecodeContext,
  conversation: Conversation,
  command: number,
): readonly string[] {
  const { sid, ioid, subcommand } = decodeOperationRequest(context.reader);
  const channel = conversation.channelOfSid(sid);
  const head = `${named(`sid ${sid}`, channel)}, ioid ${ioid}, ${subcommandText(subcommand, SUBCOMMANDS)}`;
  const known = conversation.operations.get(ioid);
  if ((subcommand & Subcommand.INIT) === 0)
    return [head, ...executionLines(context, command, subcommand, known)];
  conversation.operations.set(ioid, { command, channel });
  if (command !== Command.MONITOR) return [head, ...valueFieldLines("pvRequest", decodePvRequest(context))];
  const { request, window } = decodeMonitorInit(context, subcommand);
  return [
    window === undefined ? head : `${head}, window ${window}`,
    ...valueFieldLines("pvRequest", request),
  ];
}

function executionLines(
  context: DecodeContext,
  command: number,
  subcommand: number,
  operation: TracedOperation | undefined,
): readonly string[] {
  if (command === Command.RPC) return valueFieldLines("argument", decodeRpcExecute(context));
  if (command === Command.MONITOR && (subcommand & Subcommand.PIPELINE) !== 0)
    return [`${decodeMonitorAck(context.reader)} updates acknowledged`];
  if (command !== Command.PUT || (subcommand & Subcommand.GET) !== 0) return [];
  if (operation?.current === undefined) return ["its type is not known"];
  const { changed, value } = decodePutExecute(context, operation.current);
  return [bitsText("changed", changed), ...valueFieldLines("value", value)];
}

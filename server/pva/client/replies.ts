import type { DecodeContext } from "../data/decode-context.ts";
import { PvaError } from "../errors.ts";
import { decodeConnectionValidated, decodeValidationRequest } from "../message/connection-validation.ts";
import { decodeChannelCreated, isCreated } from "../message/create-channel.ts";
import { decodeDestroyChannel, encodeDestroyChannel } from "../message/destroy-channel.ts";
import { decodeOperationReply, Subcommand } from "../message/operation.ts";
import { decodeSearchResponse, type SearchResponse } from "../message/search-response.ts";
import { decodeServerMessage } from "../message/server-message.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { Command } from "../wire/commands.ts";
import type { Status } from "../wire/status.ts";
import type { Remarks } from "./remarks.ts";
import type { ConnectionChannel, ReplyHandler } from "./reply-handler.ts";

/** The part of a connection that incoming messages act upon. */
export interface ReplyContext {
  readonly remarks: Remarks;
  readonly channels: ReadonlyMap<number, ConnectionChannel>;
  readonly operations: ReadonlyMap<number, ReplyHandler>;
  send(command: number, body: (writer: ByteWriter) => void): void;
  authenticate(methods: readonly string[]): void;
  validated(status: Status): void;
  searchResponse(response: SearchResponse): void;
}

type Handle = (connection: ReplyContext, context: DecodeContext) => void;

/** What to do with each command a server may send; all others are skipped. */
export const replyHandlers: ReadonlyMap<number, Handle> = new Map<number, Handle>([
  [
    Command.CONNECTION_VALIDATION,
    (connection, { reader }) => connection.authenticate(decodeValidationRequest(reader).methods),
  ],
  [
    Command.CONNECTION_VALIDATED,
    (connection, { reader }) => connection.validated(decodeConnectionValidated(reader)),
  ],
  [
    Command.SEARCH_RESPONSE,
    (connection, { reader }) => connection.searchResponse(decodeSearchResponse(reader)),
  ],
  [Command.CREATE_CHANNEL, channelCreated],
  [Command.DESTROY_CHANNEL, channelDestroyed],
  [Command.GET, operationReply],
  [Command.PUT, operationReply],
  [Command.RPC, operationReply],
  [Command.GET_FIELD, fieldReply],
  [Command.MONITOR, operationReply],
  [Command.MESSAGE, serverMessage],
  // Their arrival is all they have to say; access rights (core-pva) are not used.
  [Command.ECHO, () => undefined],
  [Command.ACL_CHANGE, () => undefined],
]);

function channelCreated(connection: ReplyContext, { reader }: DecodeContext): void {
  const reply = decodeChannelCreated(reader);
  const isWanted = connection.channels.get(reply.cid)?.created(reply) === true;
  // It comes after its time, and would stay at the server as long as the connection does.
  if (!isWanted && isCreated(reply))
    connection.send(Command.DESTROY_CHANNEL, (writer) => encodeDestroyChannel(writer, reply));
}

function channelDestroyed(connection: ReplyContext, { reader }: DecodeContext): void {
  const { sid, cid } = decodeDestroyChannel(reader);
  connection.channels.get(cid)?.destroyed(sid);
}

function serverMessage(connection: ReplyContext, { reader }: DecodeContext): void {
  connection.remarks.say(decodeServerMessage(reader));
}

function operationReply(connection: ReplyContext, context: DecodeContext): void {
  const { ioid, subcommand } = decodeOperationReply(context.reader);
  handOver(connection, ioid, subcommand, context);
}

/** GET-FIELD has but one step, and no subcommand. */
function fieldReply(connection: ReplyContext, context: DecodeContext): void {
  handOver(connection, context.reader.u32(), Subcommand.DEFAULT, context);
}

function handOver(connection: ReplyContext, ioid: number, subcommand: number, context: DecodeContext): void {
  const operation = connection.operations.get(ioid);
  // Updates still under way when an operation was ended arrive for an ioid we no longer know.
  if (operation === undefined) return;
  try {
    operation.reply(subcommand, context);
  } catch (error) {
    if (error instanceof PvaError) operation.undecodable(error);
    throw error;
  }
}

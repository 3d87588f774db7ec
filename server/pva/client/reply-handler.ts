import type { DecodeContext } from "../data/decode-context.ts";
import type { PvaError } from "../errors.ts";
import type { ChannelCreated } from "../message/create-channel.ts";
import type { BulkTarget } from "./monitor-stream.ts";

/** What a connection calls when something arrives under an ioid. */
export interface ReplyHandler {
  /** Reads the rest of a reply. Everything must be read, also when nobody wants it: types may be defined in it. */
  reply(subcommand: number, context: DecodeContext): void;
  /** The bytes of a reply could not be read; the connection is about to close. */
  undecodable(error: PvaError): void;
  /** Where the big array of updates goes, if anywhere else than into the value. */
  readonly bulkTarget?: BulkTarget | undefined;
}

/** What a connection calls when something arrives for a channel. */
export interface ConnectionChannel {
  /** Returns whether anybody has waited for this answer; a channel that nobody has waited for is destroyed again. */
  created(reply: ChannelCreated): boolean;
  /** The server destroyed the channel that it knows as `sid`; the connection lives on. */
  destroyed(sid: number): void;
}

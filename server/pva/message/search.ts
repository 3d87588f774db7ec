import { MAX_CHANNEL_NAME_BYTES, MAX_SEARCH_CHANNELS } from "../limits.ts";
import { decodeAddress, encodeAddress } from "../wire/address.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { decodeNames } from "./connection-validation.ts";

const REPLY_REQUIRED = 0x01;
const UNICAST = 0x80;

/** A channel name with the id its seeker knows it by. */
export interface SearchedChannel {
  readonly cid: number;
  readonly name: string;
}

/** Command 3, over UDP or a TCP circuit: who has these channels? */
export interface Search {
  readonly sequence: number;
  /** Servers answer also when they have none of the channels. */
  readonly replyRequired: boolean;
  /** Sent to one address: a server on a shared host passes it on to its neighbours. */
  readonly unicast: boolean;
  /** Where to answer; undefined means the address the search came from. */
  readonly replyHost: string | undefined;
  readonly replyPort: number;
  readonly protocols: readonly string[];
  readonly channels: readonly SearchedChannel[];
}

/** Writes a search; at most 65 535 channels. */
export function encodeSearch(writer: ByteWriter, search: Search): void {
  writer.u32(search.sequence);
  writer.u8((search.replyRequired ? REPLY_REQUIRED : 0) | (search.unicast ? UNICAST : 0));
  writer.u8(0).u16(0);
  encodeAddress(writer, search.replyHost);
  writer.u16(search.replyPort);
  writer.size(search.protocols.length);
  for (const protocol of search.protocols) writer.string(protocol);
  writer.u16(search.channels.length);
  for (const { cid, name } of search.channels) writer.u32(cid).string(name);
}

/** Reads a search. */
export function decodeSearch(reader: ByteReader): Search {
  const sequence = reader.u32();
  const flags = reader.u8();
  reader.take(3);
  return {
    sequence,
    replyRequired: (flags & REPLY_REQUIRED) !== 0,
    unicast: (flags & UNICAST) !== 0,
    replyHost: decodeAddress(reader),
    replyPort: reader.u16(),
    protocols: decodeNames(reader),
    channels: decodeChannels(reader),
  };
}

function decodeChannels(reader: ByteReader): readonly SearchedChannel[] {
  const count = reader.u16();
  if (count > MAX_SEARCH_CHANNELS)
    throw reader.fault("limit", "too many channels", { need: count, have: MAX_SEARCH_CHANNELS });
  reader.expect(count, 5);
  const channels: SearchedChannel[] = [];
  for (let index = 0; index < count; index++)
    channels.push({ cid: reader.u32(), name: reader.string(MAX_CHANNEL_NAME_BYTES) });
  return channels;
}

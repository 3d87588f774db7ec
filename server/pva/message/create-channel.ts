import { MAX_CHANNEL_NAME_BYTES, MAX_SEARCH_CHANNELS } from "../limits.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { decodeStatus, encodeStatus, isSuccess, type Status } from "../wire/status.ts";
import type { SearchedChannel } from "./search.ts";

/** Server id that stands for no channel, sent with refusals. */
export const NO_SID = 0xffffffff;

/** Client → server, command 7. Everybody sends one channel at a time; only pvxs reads more. */
export function encodeCreateChannel(writer: ByteWriter, { cid, name }: SearchedChannel): void {
  writer.u16(1).u32(cid).string(name);
}

/** Reads the channels asked for, nearly always one. */
export function decodeCreateChannel(reader: ByteReader): readonly SearchedChannel[] {
  const count = reader.u16();
  if (count > MAX_SEARCH_CHANNELS)
    throw reader.fault("limit", "too many channels", { need: count, have: MAX_SEARCH_CHANNELS });
  reader.expect(count, 5);
  return Array.from({ length: count }, () => ({
    cid: reader.u32(),
    name: reader.string(MAX_CHANNEL_NAME_BYTES),
  }));
}

/** Server → client, command 7. (The access rights of the spec's text are on nobody's wire.) */
export interface ChannelCreated {
  readonly cid: number;
  /** The server's id of the channel; meaningless unless the status is a success. */
  readonly sid: number;
  readonly status: Status;
}

/** Whether the server has the channel now. (spdodeca answers an unknown name with a WARNING and server id 0.) */
export function isCreated({ sid, status }: ChannelCreated): boolean {
  return isSuccess(status) && sid !== NO_SID && !(sid === 0 && status.kind === "warning");
}

/** Writes the answer; refusals carry NO_SID. */
export function encodeChannelCreated(writer: ByteWriter, { cid, sid, status }: ChannelCreated): void {
  writer.u32(cid).u32(sid);
  encodeStatus(writer, status);
}

/** Reads the answer. */
export function decodeChannelCreated(reader: ByteReader): ChannelCreated {
  return { cid: reader.u32(), sid: reader.u32(), status: decodeStatus(reader) };
}

import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";

/** Command 8, both ways. The server echoes ours; unasked from the server it means that the channel is gone. */
export interface DestroyChannel {
  readonly sid: number;
  readonly cid: number;
}

/** Writes both ids, the server's first. */
export function encodeDestroyChannel(writer: ByteWriter, { sid, cid }: DestroyChannel): void {
  writer.u32(sid).u32(cid);
}

/** Reads both ids. */
export function decodeDestroyChannel(reader: ByteReader): DestroyChannel {
  return { sid: reader.u32(), cid: reader.u32() };
}

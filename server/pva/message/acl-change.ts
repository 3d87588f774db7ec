import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";

/** Command 6, server → client: access rights of a channel. core-pva sends it before the answer to CREATE CHANNEL. */
export interface AclChange {
  readonly cid: number;
  readonly rights: number;
}

export function encodeAclChange(writer: ByteWriter, { cid, rights }: AclChange): void {
  writer.u32(cid).u8(rights);
}

export function decodeAclChange(reader: ByteReader): AclChange {
  return { cid: reader.u32(), rights: reader.u8() };
}

import { decodeAddress, encodeAddress } from "../wire/address.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";

/** Command 22, before a SEARCH that a server passes on to its neighbours on the host: the interface it came in by. */
export function encodeOriginTag(writer: ByteWriter, host: string | undefined): void {
  encodeAddress(writer, host);
}

export function decodeOriginTag(reader: ByteReader): string | undefined {
  return decodeAddress(reader);
}

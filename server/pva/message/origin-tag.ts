import { decodeAddress, encodeAddress } from "../wire/address.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";

/**
 * Command 22, before a SEARCH that a server on this host passes on to its neighbours: reads the address of the interface
 * the search came in by; undefined for any.
 */
export function decodeOriginTag(reader: ByteReader): string | undefined {
  return decodeAddress(reader);
}

/** Writes the tag. */
export function encodeOriginTag(writer: ByteWriter, address: string | undefined): void {
  encodeAddress(writer, address);
}

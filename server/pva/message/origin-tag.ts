import { decodeAddress } from "../wire/address.ts";
import type { ByteReader } from "../wire/byte-reader.ts";

/**
 * Command 22, before a SEARCH that a server on this host passes on to its neighbours: reads the address of the interface
 * the search came in by; undefined for any.
 */
export function decodeOriginTag(reader: ByteReader): string | undefined {
  return decodeAddress(reader);
}

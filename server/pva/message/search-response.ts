import { MAX_NAME_BYTES } from "../limits.ts";
import { decodeAddress, encodeAddress } from "../wire/address.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";

/** Length of the id a server process chooses for itself. */
export const GUID_BYTES = 12;

/** Command 4: the channels are here, or nobody knows them. */
export interface SearchResponse {
  /** 12 opaque bytes that tell one server process from another. */
  readonly guid: Uint8Array;
  /** Echo of the search's sequence number. */
  readonly sequence: number;
  /** undefined: the address this came from. */
  readonly host: string | undefined;
  /** 0 over TCP: the port of this very circuit (core-pva). */
  readonly port: number;
  readonly protocol: string;
  readonly found: boolean;
  readonly cids: readonly number[];
}

/** Writes an answer to a search. */
export function encodeSearchResponse(writer: ByteWriter, response: SearchResponse): void {
  writer.bytes(response.guid).u32(response.sequence);
  encodeAddress(writer, response.host);
  writer
    .u16(response.port)
    .string(response.protocol)
    .u8(response.found ? 1 : 0)
    .u16(response.cids.length);
  for (const cid of response.cids) writer.u32(cid);
}

/** Reads an answer to a search. */
export function decodeSearchResponse(reader: ByteReader): SearchResponse {
  return {
    guid: reader.take(GUID_BYTES).slice(),
    sequence: reader.u32(),
    host: decodeAddress(reader),
    port: reader.u16(),
    protocol: reader.string(MAX_NAME_BYTES),
    found: reader.u8() !== 0,
    cids: decodeCids(reader),
  };
}

function decodeCids(reader: ByteReader): readonly number[] {
  const count = reader.u16();
  reader.expect(count, 4);
  return Array.from({ length: count }, () => reader.u32());
}

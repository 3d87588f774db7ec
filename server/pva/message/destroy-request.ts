import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";

/** Commands 15 (destroy) and 21 (cancel), client → server: the operation they end. Never answered. */
export interface RequestReference {
  readonly sid: number;
  readonly ioid: number;
}

/** Writes which operation of which channel. */
export function encodeRequestReference(writer: ByteWriter, { sid, ioid }: RequestReference): void {
  writer.u32(sid).u32(ioid);
}

/** Reads which operation of which channel. */
export function decodeRequestReference(reader: ByteReader): RequestReference {
  return { sid: reader.u32(), ioid: reader.u32() };
}

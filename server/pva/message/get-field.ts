import type { DecodeContext } from "../data/decode-context.ts";
import { decodeType } from "../data/decode-type.ts";
import { encodeType } from "../data/encode-type.ts";
import type { TypeDescription } from "../data/type-description.ts";
import { MAX_NAME_BYTES } from "../limits.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { decodeStatus, encodeStatus, isSuccess, type Status } from "../wire/status.ts";

/** Client → server, command 17: what type has this field ("" for all)? */
export interface GetField {
  readonly sid: number;
  readonly ioid: number;
  readonly subField: string;
}

/** Writes the question. */
export function encodeGetField(writer: ByteWriter, { sid, ioid, subField }: GetField): void {
  writer.u32(sid).u32(ioid).string(subField);
}

/** Reads the question. */
export function decodeGetField(reader: ByteReader): GetField {
  return { sid: reader.u32(), ioid: reader.u32(), subField: reader.string(MAX_NAME_BYTES) };
}

/** Server → client: the type, where the status is a success. */
export interface FieldReply {
  readonly ioid: number;
  readonly status: Status;
  readonly type: TypeDescription | undefined;
}

/** Writes the answer. */
export function encodeFieldReply(writer: ByteWriter, { ioid, status, type }: FieldReply): void {
  writer.u32(ioid);
  encodeStatus(writer, status);
  if (isSuccess(status) && type !== undefined) encodeType(writer, type);
}

/** Reads the answer. */
export function decodeFieldReply(context: DecodeContext): FieldReply {
  return { ioid: context.reader.u32(), ...decodeFieldAnswer(context) };
}

/** Reads what follows the ioid of an answer. */
export function decodeFieldAnswer(context: DecodeContext): Omit<FieldReply, "ioid"> {
  const status = decodeStatus(context.reader);
  return { status, type: isSuccess(status) ? decodeType(context) : undefined };
}

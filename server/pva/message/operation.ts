import type { DecodeContext } from "../data/decode-context.ts";
import { decodeAny } from "../data/decode-value.ts";
import { decodeType } from "../data/decode-type.ts";
import { encodeType } from "../data/encode-type.ts";
import { encodeAny } from "../data/encode-value.ts";
import type { StructureDescription } from "../data/type-description.ts";
import { AnyValue, StructureValue } from "../data/value.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { decodeStatus, encodeStatus, isSuccess, type Status } from "../wire/status.ts";

/*
 * GET, PUT, MONITOR, RPC share a beginning: sid, ioid, subcommand from the client; ioid, subcommand from the server.
 */

/** Bits of the subcommand byte (Protocol-Messages, "Channel Get" and its siblings). */
export const Subcommand = {
  DEFAULT: 0x00,
  /** MONITOR only. */
  STOP: 0x04,
  INIT: 0x08,
  /** Ends the operation after this. */
  DESTROY: 0x10,
  /** PUT only: read the present value back. */
  GET: 0x40,
  /** MONITOR only; start is 0x44. */
  START: 0x44,
  /** With INIT: the client will acknowledge; alone: an acknowledgement. MONITOR only. */
  PIPELINE: 0x80,
} as const;

/** The beginning of every request about an operation. */
export interface OperationRequest {
  readonly sid: number;
  readonly ioid: number;
  readonly subcommand: number;
}

/** Writes the beginning of a request. */
export function encodeOperationRequest(writer: ByteWriter, request: OperationRequest): void {
  writer.u32(request.sid).u32(request.ioid).u8(request.subcommand);
}

/** Reads the beginning of a request. */
export function decodeOperationRequest(reader: ByteReader): OperationRequest {
  return { sid: reader.u32(), ioid: reader.u32(), subcommand: reader.u8() };
}

/** The beginning of every answer about an operation. */
export interface OperationReply {
  readonly ioid: number;
  readonly subcommand: number;
}

/** Writes the beginning of an answer. */
export function encodeOperationReply(writer: ByteWriter, reply: OperationReply): void {
  writer.u32(reply.ioid).u8(reply.subcommand);
}

/** Reads the beginning of an answer. */
export function decodeOperationReply(reader: ByteReader): OperationReply {
  return { ioid: reader.u32(), subcommand: reader.u8() };
}

/** After the beginning of an INIT request: the pvRequest. Throws `bad-value` where it is no structure. */
export function decodePvRequest(context: DecodeContext): StructureValue {
  const { value } = decodeAny(context);
  if (!(value instanceof StructureValue))
    throw context.reader.fault("bad-value", "pvRequest is no structure");
  return value;
}

/** Writes a pvRequest with its type, inline. */
export function encodePvRequest(writer: ByteWriter, request: StructureValue): void {
  encodeAny(writer, new AnyValue(request.type, request));
}

/** After the beginning of an INIT reply: a Status, and the operation's type where it is a success. */
export interface InitReply {
  readonly status: Status;
  readonly type: StructureDescription | undefined;
}

/** Writes Status and type. */
export function encodeInitReply(writer: ByteWriter, { status, type }: InitReply): void {
  encodeStatus(writer, status);
  if (isSuccess(status) && type !== undefined) encodeType(writer, type);
}

/** Reads Status and type; throws `bad-type` where the type is no structure. */
export function decodeInitReply(context: DecodeContext): InitReply {
  const status = decodeStatus(context.reader);
  if (!isSuccess(status)) return { status, type: undefined };
  const type = decodeType(context);
  if (type.kind !== "structure")
    throw context.reader.fault("bad-type", `top type is ${type.kind}, not a structure`);
  return { status, type };
}

import type { DecodeContext } from "../data/decode-context.ts";
import { decodeAny } from "../data/decode-value.ts";
import { encodeAny } from "../data/encode-value.ts";
import { structure } from "../data/type-description.ts";
import { AnyValue, StructureValue } from "../data/value.ts";
import { PvaError } from "../errors.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { decodeStatus, encodeStatus, isSuccess, type Status, STATUS_OK } from "../wire/status.ts";
import { encodeOperationRequest, encodePvRequest, Subcommand } from "./operation.ts";

/*
 *  client                            server
 *    INIT 0x08, pvRequest ─→
 *                               ←─ INIT: Status                  (no type: each call brings its own)
 *    0x00 | 0x10: type, argument ─→
 *                               ←─ the same bits: Status, type, answer
 */

/** Client → server, command 20: prepares a call. */
export function encodeRpcInit(writer: ByteWriter, sid: number, ioid: number, request: StructureValue): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.INIT });
  encodePvRequest(writer, request);
}

/** Client → server: calls, and ends the operation. */
export function encodeRpcExecute(
  writer: ByteWriter,
  sid: number,
  ioid: number,
  argument: StructureValue,
): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.DESTROY });
  encodeAny(writer, new AnyValue(argument.type, argument));
}

/** Reads what follows sid, ioid and subcommand of a call. Throws `bad-value` where the argument is no structure. */
export function decodeRpcExecute(context: DecodeContext): StructureValue {
  return structureOf(decodeAny(context));
}

const NOTHING = new StructureValue(structure("", []), []);

/** After ioid and subcommand of a call's answer; no value where the status is no success. */
export interface RpcAnswer {
  readonly status: Status;
  readonly value: StructureValue | undefined;
}

/** Writes a successful answer's rest: OK and the value with its type. */
export function encodeRpcAnswer(writer: ByteWriter, value: StructureValue): void {
  encodeStatus(writer, STATUS_OK);
  encodeAny(writer, new AnyValue(value.type, value));
}

/** Reads the rest of an answer. A server that has nothing to say may send the null type: an empty structure here. */
export function decodeRpcAnswer(context: DecodeContext): RpcAnswer {
  const status = decodeStatus(context.reader);
  if (!isSuccess(status)) return { status, value: undefined };
  const answer = context.reader.remaining === 0 ? new AnyValue() : decodeAny(context);
  return { status, value: answer.type === null ? NOTHING : structureOf(answer) };
}

function structureOf({ value }: AnyValue): StructureValue {
  if (value instanceof StructureValue) return value;
  throw new PvaError("bad-value", "not a structure");
}

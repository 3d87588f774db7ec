import type { DecodeContext } from "../data/decode-context.ts";
import { decodeDelta, encodeDelta, maxBitSetBytes } from "../data/delta.ts";
import type { StructureValue } from "../data/value.ts";
import { type BitSet, decodeBitSet, encodeBitSet } from "../wire/bit-set.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { decodeStatus, encodeStatus, isSuccess, type Status, STATUS_OK } from "../wire/status.ts";
import { encodeOperationRequest, encodePvRequest, Subcommand } from "./operation.ts";

/** Client → server, command 10: asks for the type, naming the fields wanted. */
export function encodeGetInit(writer: ByteWriter, sid: number, ioid: number, request: StructureValue): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.INIT });
  encodePvRequest(writer, request);
}

/** Client → server: asks for the data, and ends the operation if `last`. */
export function encodeGetExecute(writer: ByteWriter, sid: number, ioid: number, last: boolean): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: last ? Subcommand.DESTROY : Subcommand.DEFAULT });
}

/** After the beginning of a data reply: Status, then which fields follow, and they. */
export type GetData =
  | { readonly status: Status; readonly value: undefined }
  | { readonly status: Status; readonly value: StructureValue; readonly changed: BitSet };

/** Reads a GET's data onto `base`: servers may send only what changed since the last GET of the operation. */
export function decodeGetData(context: DecodeContext, base: StructureValue): GetData {
  const status = decodeStatus(context.reader);
  if (!isSuccess(status)) return { status, value: undefined };
  const changed = decodeBitSet(context.reader, maxBitSetBytes(base.type));
  return { status, changed, value: decodeDelta(context, base, changed) };
}

/** Writes a successful data reply's rest: OK, then the marked fields of `value`. */
export function encodeGetData(writer: ByteWriter, value: StructureValue, changed: BitSet): void {
  encodeStatus(writer, STATUS_OK);
  encodeBitSet(writer, changed);
  encodeDelta(writer, value, changed);
}

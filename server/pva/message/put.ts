import type { DecodeContext } from "../data/decode-context.ts";
import { decodeDelta, encodeDelta, maxBitSetBytes } from "../data/delta.ts";
import type { StructureValue } from "../data/value.ts";
import { type BitSet, decodeBitSet, encodeBitSet } from "../wire/bit-set.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { encodeOperationRequest, encodePvRequest, Subcommand } from "./operation.ts";

/*
 *  client                            server
 *    INIT 0x08, pvRequest ─→
 *                               ←─ INIT: Status, type
 *    0x40: what is it now? ─→
 *                               ←─ 0x40: Status, changed, data           (as GET answers)
 *    0x00 | 0x10: changed, data ─→
 *                               ←─ the same bits: Status
 */

/** Which fields are written, and a structure that has them. */
export interface PutData {
  readonly changed: BitSet;
  readonly value: StructureValue;
}

/** Client → server, command 11: asks for the type of what is to be written. */
export function encodePutInit(writer: ByteWriter, sid: number, ioid: number, request: StructureValue): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.INIT });
  encodePvRequest(writer, request);
}

/** Client → server: asks for the present value; the answer is a GET's. */
export function encodePutReadBack(writer: ByteWriter, sid: number, ioid: number): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.GET });
}

/** Client → server: writes the marked fields, and ends the operation. The answer is a Status. */
export function encodePutExecute(writer: ByteWriter, sid: number, ioid: number, data: PutData): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.DESTROY });
  encodeBitSet(writer, data.changed);
  encodeDelta(writer, data.value, data.changed);
}

/** Reads what follows sid, ioid and subcommand of an execution, onto `base`. */
export function decodePutExecute(context: DecodeContext, base: StructureValue): PutData {
  const changed = decodeBitSet(context.reader, maxBitSetBytes(base.type));
  return { changed, value: decodeDelta(context, base, changed) };
}

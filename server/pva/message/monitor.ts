import type { DecodeContext } from "../data/decode-context.ts";
import { decodeDelta, encodeDelta, maxBitSetBytes } from "../data/delta.ts";
import type { StructureValue } from "../data/value.ts";
import { BitSet, decodeBitSet, encodeBitSet } from "../wire/bit-set.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { decodeStatus, encodeStatus, type Status } from "../wire/status.ts";
import {
  decodePvRequest,
  encodeOperationReply,
  encodeOperationRequest,
  encodePvRequest,
  Subcommand,
} from "./operation.ts";

/*
 *  client                            server
 *    INIT 0x08 | 0x88, pvRequest ─→
 *                               ←─ INIT: Status, type
 *    START 0x44 ─→
 *                               ←─ 0x00: changed, data, overrun   (each spends a credit of the window)
 *    ACK 0x80, n ─→                                               (pipeline only: gives n credits back)
 *    STOP 0x04 · destroy: command 15, or 0x10 from core-pva ─→
 *                               ←─ 0x10: Status [, changed, data, overrun]   no more will come
 */

/** Client → server INIT, after the beginning: what is wanted, and with pipeline how many updates may be under way. */
export interface MonitorInit {
  readonly request: StructureValue;
  /** Credits the server starts with; undefined without pipeline. */
  readonly window: number | undefined;
}

/** Writes an INIT, with the pipeline bit where there is a window. */
export function encodeMonitorInit(writer: ByteWriter, sid: number, ioid: number, init: MonitorInit): void {
  const pipeline = init.window === undefined ? 0 : Subcommand.PIPELINE;
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.INIT | pipeline });
  encodePvRequest(writer, init.request);
  if (init.window !== undefined) writer.u32(init.window);
}

/** Reads what follows sid, ioid and `subcommand` of an INIT. */
export function decodeMonitorInit(context: DecodeContext, subcommand: number): MonitorInit {
  const request = decodePvRequest(context);
  const pipeline = (subcommand & Subcommand.PIPELINE) !== 0;
  return { request, window: pipeline ? context.reader.u32() : undefined };
}

/** Client → server: let updates come. Not before the INIT reply: pvxs closes the connection. */
export function encodeMonitorStart(writer: ByteWriter, sid: number, ioid: number): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.START });
}

/** Client → server: let no updates come until the next START. */
export function encodeMonitorStop(writer: ByteWriter, sid: number, ioid: number): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.STOP });
}

/** Client → server: `consumed` updates are done with. Alone in its message: C++ servers read nothing after it. */
export function encodeMonitorAck(writer: ByteWriter, sid: number, ioid: number, consumed: number): void {
  encodeOperationRequest(writer, { sid, ioid, subcommand: Subcommand.PIPELINE });
  writer.u32(consumed);
}

/** Reads what follows the beginning of an ACK: the number of updates consumed. */
export function decodeMonitorAck(reader: ByteReader): number {
  return reader.u32();
}

/** One update: which fields changed, the value with them applied, and which fields changed more than once meanwhile. */
export interface MonitorData {
  readonly changed: BitSet;
  readonly value: StructureValue;
  /** C++ servers fill it when their queue overflows; pvxs leaves it empty although it squashes. */
  readonly overrun: BitSet;
}

/** Server → client, whole message: an update of `value`'s marked fields. */
export function encodeMonitorData(writer: ByteWriter, ioid: number, data: MonitorData): void {
  encodeOperationReply(writer, { ioid, subcommand: Subcommand.DEFAULT });
  encodeBitSet(writer, data.changed);
  encodeDelta(writer, data.value, data.changed);
  encodeBitSet(writer, data.overrun);
}

/** Reads what follows ioid and subcommand of an update, onto `base`. */
export function decodeMonitorData(context: DecodeContext, base: StructureValue): MonitorData {
  const maxBytes = maxBitSetBytes(base.type);
  const changed = decodeBitSet(context.reader, maxBytes);
  const value = decodeDelta(context, base, changed);
  return { changed, value, overrun: decodeBitSet(context.reader, maxBytes) };
}

/** Server → client, whole message: no more updates will come. */
export function encodeMonitorFinish(writer: ByteWriter, ioid: number, status: Status): void {
  encodeOperationReply(writer, { ioid, subcommand: Subcommand.DESTROY });
  encodeStatus(writer, status);
}

/** Reads what follows ioid and subcommand of a finish: a Status, and a last update where bytes remain. */
export function decodeMonitorFinish(
  context: DecodeContext,
  base: StructureValue,
): { readonly status: Status; readonly data: MonitorData | undefined } {
  const status = decodeStatus(context.reader);
  return { status, data: context.reader.remaining > 0 ? decodeMonitorData(context, base) : undefined };
}

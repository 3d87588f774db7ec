import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

const KINDS = ["ok", "warning", "error", "fatal"] as const;
const OK_WITHOUT_TEXT = 0xff;

/** The answer to a request. OK and WARNING are success, but see CREATE CHANNEL for a warning that is none. */
export interface Status {
  readonly kind: (typeof KINDS)[number];
  readonly message: string;
  /** A trace from the server, usually empty. */
  readonly callTree: string;
}

/** OK, with nothing to say. */
export const STATUS_OK: Status = { kind: "ok", message: "", callTree: "" };

/** A Status of kind "error" with this text. */
export function errorStatus(message: string): Status {
  return { kind: "error", message, callTree: "" };
}

/** OK and WARNING mean that the data of the reply follow. */
export function isSuccess(status: Status): boolean {
  return status.kind === "ok" || status.kind === "warning";
}

/** Reads a Status (Protocol-Encoding, "Status"): 0xFF alone, or kind, message, call tree. */
export function decodeStatus(reader: ByteReader): Status {
  const code = reader.u8();
  if (code === OK_WITHOUT_TEXT) return STATUS_OK;
  const kind = KINDS[code];
  if (kind === undefined)
    throw reader.fault("bad-value", `status code ${code}`, { offset: reader.offset - 1 });
  return { kind, message: reader.string(), callTree: reader.string() };
}

/** Writes a Status, a plain OK as one byte. */
export function encodeStatus(writer: ByteWriter, status: Status): void {
  if (status.kind === "ok" && status.message === "" && status.callTree === "") {
    writer.u8(OK_WITHOUT_TEXT);
    return;
  }
  writer.u8(KINDS.indexOf(status.kind)).string(status.message).string(status.callTree);
}

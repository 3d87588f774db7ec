import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";

const SEVERITIES = ["info", "warning", "error", "fatal"] as const;

/** Command 18, server → client: a remark about an operation, to be logged. */
export interface ServerMessage {
  readonly ioid: number;
  readonly severity: (typeof SEVERITIES)[number];
  readonly text: string;
}

/** Writes a remark. */
export function encodeServerMessage(writer: ByteWriter, { ioid, severity, text }: ServerMessage): void {
  writer.u32(ioid).u8(SEVERITIES.indexOf(severity)).string(text);
}

/** Reads a remark; a severity nobody has defined is the worst, as pvxs takes it. */
export function decodeServerMessage(reader: ByteReader): ServerMessage {
  const ioid = reader.u32();
  return { ioid, severity: SEVERITIES[reader.u8()] ?? "fatal", text: reader.string() };
}

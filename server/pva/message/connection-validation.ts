import type { DecodeContext } from "../data/decode-context.ts";
import { decodeAny } from "../data/decode-value.ts";
import { encodeAny } from "../data/encode-value.ts";
import { scalar, structure } from "../data/type-description.ts";
import { AnyValue, StructureValue } from "../data/value.ts";
import { MAX_LISTED_NAMES, MAX_NAME_BYTES } from "../limits.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { decodeStatus, encodeStatus, type Status } from "../wire/status.ts";

/** Receive buffer size we announce. No current peer acts on it; pvxs says the same. */
export const ANNOUNCED_BUFFER_BYTES = 0x10000;
/** Registry size we announce. Nobody enforces it. */
export const ANNOUNCED_REGISTRY_SIZE = 0x7fff;

/** Server → client, command 1: the methods it accepts. */
export interface ValidationRequest {
  readonly bufferBytes: number;
  readonly registrySize: number;
  /** Authentication methods, least preferred first ("anonymous", "ca"). */
  readonly methods: readonly string[];
}

/** Client → server, command 1: the method chosen. */
export interface ValidationResponse {
  readonly bufferBytes: number;
  readonly registrySize: number;
  readonly qos: number;
  readonly method: string;
  /** What the method needs; null type for "anonymous". */
  readonly credentials: AnyValue;
}

/** Writes the server's half: `methods` least preferred first. */
export function encodeValidationRequest(writer: ByteWriter, methods: readonly string[]): void {
  writer.u32(ANNOUNCED_BUFFER_BYTES).u16(ANNOUNCED_REGISTRY_SIZE).size(methods.length);
  for (const method of methods) writer.string(method);
}

/** Reads the server's half. */
export function decodeValidationRequest(reader: ByteReader): ValidationRequest {
  return { bufferBytes: reader.u32(), registrySize: reader.u16(), methods: decodeNames(reader) };
}

/** Writes the client's half. */
export function encodeValidationResponse(
  writer: ByteWriter,
  response: Pick<ValidationResponse, "method" | "credentials">,
): void {
  writer.u32(ANNOUNCED_BUFFER_BYTES).u16(ANNOUNCED_REGISTRY_SIZE).u16(0).string(response.method);
  encodeAny(writer, response.credentials);
}

/** Reads the client's half; the credentials may be missing. */
export function decodeValidationResponse(context: DecodeContext): ValidationResponse {
  const { reader } = context;
  return {
    bufferBytes: reader.u32(),
    registrySize: reader.u16(),
    qos: reader.u16(),
    method: reader.string(MAX_NAME_BYTES),
    credentials: reader.remaining === 0 ? new AnyValue() : decodeAny(context),
  };
}

/** Server → client, command 9: the handshake's end. (The spec's text has its direction reversed.) */
export function encodeConnectionValidated(writer: ByteWriter, status: Status): void {
  encodeStatus(writer, status);
}

/** Reads the verdict. */
export function decodeConnectionValidated(reader: ByteReader): Status {
  return decodeStatus(reader);
}

const CA_TYPE = structure("", [
  { name: "user", type: scalar("string") },
  { name: "host", type: scalar("string") },
]);

/** What the "ca" method sends: who we say we are; nothing checks it. */
export function caCredentials(user: string, host: string): AnyValue {
  return new AnyValue(CA_TYPE, new StructureValue(CA_TYPE, [user, host]));
}

/** A counted list of short strings. */
export function decodeNames(reader: ByteReader): readonly string[] {
  const count = reader.size();
  if (count > MAX_LISTED_NAMES)
    throw reader.fault("limit", "too many names listed", { need: count, have: MAX_LISTED_NAMES });
  const names: string[] = [];
  for (let index = 0; index < count; index++) names.push(reader.string(MAX_NAME_BYTES));
  return names;
}

import type { DecodeContext } from "../data/decode-context.ts";
import { decodeAny } from "../data/decode-value.ts";
import { encodeAny } from "../data/encode-value.ts";
import { AnyValue } from "../data/value.ts";
import { MAX_NAME_BYTES } from "../limits.ts";
import { decodeAddress, encodeAddress } from "../wire/address.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { GUID_BYTES } from "./search-response.ts";

/** Command 0, UDP: a server saying that it is there. */
export interface Beacon {
  readonly guid: Uint8Array;
  readonly flags: number;
  readonly sequence: number;
  /** Changes when the server's list of channels does. */
  readonly changeCount: number;
  readonly host: string | undefined;
  readonly port: number;
  readonly protocol: string;
  /** Null type in practice. */
  readonly serverStatus: AnyValue;
}

/** Writes a beacon. */
export function encodeBeacon(writer: ByteWriter, beacon: Beacon): void {
  writer.bytes(beacon.guid).u8(beacon.flags).u8(beacon.sequence).u16(beacon.changeCount);
  encodeAddress(writer, beacon.host);
  writer.u16(beacon.port).string(beacon.protocol);
  encodeAny(writer, beacon.serverStatus);
}

/** Reads a beacon; the status may be missing. */
export function decodeBeacon(context: DecodeContext): Beacon {
  const { reader } = context;
  return {
    guid: reader.take(GUID_BYTES).slice(),
    flags: reader.u8(),
    sequence: reader.u8(),
    changeCount: reader.u16(),
    host: decodeAddress(reader),
    port: reader.u16(),
    protocol: reader.string(MAX_NAME_BYTES),
    serverStatus: reader.remaining === 0 ? new AnyValue() : decodeAny(context),
  };
}

import { PvaError } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

const ADDRESS_BYTES = 16;

/** A TCP or UDP end point; `host` is an IP literal. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, IPv6 in brackets: the way end points are logged and keyed. */
export function endpointName({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Reads a 16-byte address in network order: IPv4 as ::ffff:a.b.c.d. `undefined` stands for "any" (zeros, or IPv4 zeros):
 * use the address the message came from.
 */
export function decodeAddress(reader: ByteReader): string | undefined {
  const bytes = reader.take(ADDRESS_BYTES);
  const isZero = (part: Uint8Array) => part.every((byte) => byte === 0);
  const mapped = isZero(bytes.subarray(0, 10)) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (isZero(mapped ? bytes.subarray(12) : bytes)) return undefined;
  if (mapped) return bytes.subarray(12).join(".");
  const groups: string[] = [];
  for (let at = 0; at < ADDRESS_BYTES; at += 2)
    groups.push(((bytes[at]! << 8) | bytes[at + 1]!).toString(16));
  return shortened(groups.join(":"));
}

/** An IPv6 address as systems write it, `::` for the longest run of zeros: names of one server must be equal. */
function shortened(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** Writes an IPv4 or IPv6 literal as 16 bytes; `undefined` writes "any". Throws `bad-value` for anything else. */
export function encodeAddress(writer: ByteWriter, host: string | undefined): void {
  writer.bytes(host === undefined ? new Uint8Array(ADDRESS_BYTES) : addressBytes(host));
}

function addressBytes(host: string): Uint8Array {
  const bytes = new Uint8Array(ADDRESS_BYTES);
  const dotted = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(host);
  if (dotted !== null && dotted.slice(1).every((part) => Number(part) <= 255)) {
    bytes.set([0xff, 0xff, ...dotted.slice(1).map(Number)], 10);
    return bytes;
  }
  const parts = host.split("::");
  const head = parts[0] ?? "";
  const tail = parts[1];
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = ADDRESS_BYTES / 2 - first.length - last.length;
  const groups = [...first, ...Array<string>(Math.max(0, tail === undefined ? 0 : zeros)).fill("0"), ...last];
  if (groups.length !== ADDRESS_BYTES / 2 || groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group)))
    throw new PvaError("bad-value", `not an IP address: ${host}`);
  groups.forEach((group, index) => {
    const word = parseInt(group, 16);
    bytes[2 * index] = word >> 8;
    bytes[2 * index + 1] = word & 0xff;
  });
  return bytes;
}

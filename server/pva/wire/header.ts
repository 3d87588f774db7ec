import { PvaError } from "../errors.ts";

/*
 *  0        1         2       3         4              8
 *  ├ magic ─┼ version ┼ flags ┼ command ┼ u32 length ──┤ payload …
 *    0xCA                                 control messages: a data word, and no payload
 *
 *  flags  7          6            5 4          3 2 1   0
 *         big-endian from-server  segmentation  zero   control
 */

/** First byte of every message. */
export const MAGIC = 0xca;
/** Version byte we send. Peers send 1 to 3; only 0 is refused. */
export const PROTOCOL_VERSION = 2;
/** Length of a header. */
export const HEADER_BYTES = 8;

const CONTROL = 0x01;
const MORE_FOLLOWS = 0x10;
const CONTINUES = 0x20;
const FROM_SERVER = 0x40;
const BIG_ENDIAN = 0x80;

/** Place of this piece in its message: a whole message, or the first, a middle or the last segment of one. */
export type Segment = "whole" | "first" | "middle" | "last";

/** A decoded message header (pvAccess Protocol-Messages, "Message header"). */
export interface MessageHeader {
  readonly version: number;
  readonly control: boolean;
  readonly segment: Segment;
  readonly fromServer: boolean;
  readonly bigEndian: boolean;
  readonly command: number;
  /** Application messages: bytes of payload that follow this header. Control messages: the data word. */
  readonly length: number;
}

/** Who writes, and in which byte order: what a header says besides its command. */
export interface Sender {
  readonly fromServer: boolean;
  readonly bigEndian: boolean;
}

/** Reads the 8 bytes at `offset`. Throws `bad-header` where no PVA message can start. */
export function decodeHeader(bytes: Uint8Array, offset = 0): MessageHeader {
  if (bytes.length - offset < HEADER_BYTES)
    throw new PvaError("short-data", "message header", { need: HEADER_BYTES, have: bytes.length - offset });
  const magic = bytes[offset]!;
  const version = bytes[offset + 1]!;
  const flags = bytes[offset + 2]!;
  if (magic !== MAGIC) throw new PvaError("bad-header", `magic 0x${magic.toString(16)} instead of 0xca`);
  if (version === 0) throw new PvaError("bad-header", "protocol version 0");
  const bigEndian = (flags & BIG_ENDIAN) !== 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_BYTES);
  return {
    version,
    control: (flags & CONTROL) !== 0,
    segment: segmentOf(flags),
    fromServer: (flags & FROM_SERVER) !== 0,
    bigEndian,
    command: bytes[offset + 3]!,
    length: view.getUint32(4, !bigEndian),
  };
}

/** The 8 bytes of a header. */
export function encodeHeader(
  sender: Sender,
  command: number,
  length: number,
  { control = false, segment = "whole" }: { control?: boolean; segment?: Segment } = {},
): Uint8Array {
  const flags =
    (control ? CONTROL : 0) |
    (segment === "first" || segment === "middle" ? MORE_FOLLOWS : 0) |
    (segment === "middle" || segment === "last" ? CONTINUES : 0) |
    (sender.fromServer ? FROM_SERVER : 0) |
    (sender.bigEndian ? BIG_ENDIAN : 0);
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set([MAGIC, PROTOCOL_VERSION, flags, command]);
  new DataView(bytes.buffer).setUint32(4, length, !sender.bigEndian);
  return bytes;
}

function segmentOf(flags: number): Segment {
  const more = (flags & MORE_FOLLOWS) !== 0;
  const continues = (flags & CONTINUES) !== 0;
  if (continues) return more ? "middle" : "last";
  return more ? "first" : "whole";
}

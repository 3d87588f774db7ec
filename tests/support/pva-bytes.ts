/** Writes protocol bytes by the book, without any of the code under test. Everything is a list of byte values. */
export type ByteList = readonly (number | ByteList)[];

/** Bytes from hexadecimal with blanks, `"text"` in quotes standing for its ASCII characters: `hex('03 "IMG"')`. */
export function hex(text: string): number[] {
  return [...text.matchAll(/"([^"]*)"|([0-9a-f]{2})/gi)].flatMap(([, quoted, pair]) =>
    quoted === undefined ? [parseInt(pair!, 16)] : Array.from(quoted, (letter) => letter.charCodeAt(0)),
  );
}

/** The bytes in one array. */
export function bytes(...list: ByteList): Uint8Array {
  return new Uint8Array((list as number[]).flat(Infinity as 1));
}

/** Text of bytes as hexadecimal pairs. */
export function hexOf(array: Uint8Array): string {
  return [...array].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Segment flags of a header. */
export const SEGMENT = { whole: 0, first: 0x10, middle: 0x30, last: 0x20 } as const;

/** The same, for numbers of one byte order. */
export class Wire {
  readonly bigEndian: boolean;

  constructor(bigEndian: boolean) {
    this.bigEndian = bigEndian;
  }

  /** An unsigned integer of `width` bytes. */
  uint(value: number | bigint, width: number): number[] {
    const list: number[] = [];
    for (let at = 0; at < width; at++) list.push(Number((BigInt(value) >> BigInt(8 * at)) & 0xffn));
    return this.bigEndian ? list.reverse() : list;
  }

  u16(value: number): number[] {
    return this.uint(value, 2);
  }

  u32(value: number): number[] {
    return this.uint(value, 4);
  }

  u64(value: number | bigint): number[] {
    return this.uint(value, 8);
  }

  size(value: number): number[] {
    return value < 254 ? [value] : [0xfe, ...this.u32(value)];
  }

  string(text: string): number[] {
    const encoded = [...Buffer.from(text, "utf8")];
    return [...this.size(encoded.length), ...encoded];
  }

  /** A message with its header; from the server unless told otherwise. */
  message(
    command: number,
    payload: ByteList,
    { segment = "whole", fromServer = true }: { segment?: keyof typeof SEGMENT; fromServer?: boolean } = {},
  ): number[] {
    const body = bytes(payload);
    const flags = SEGMENT[segment] | (fromServer ? 0x40 : 0) | (this.bigEndian ? 0x80 : 0);
    return [0xca, 2, flags, command, ...this.u32(body.length), ...body];
  }

  /** A control message. */
  control(command: number, data = 0, fromServer = true): number[] {
    return [0xca, 2, 1 | (fromServer ? 0x40 : 0) | (this.bigEndian ? 0x80 : 0), command, ...this.u32(data)];
  }

  /** 16 bytes of an IPv4 address. */
  ipv4(host: string): number[] {
    return [...hex("00 00 00 00 00 00 00 00 00 00 ff ff"), ...host.split(".").map(Number)];
  }

  /** FieldDesc of a structure: id, then name and type code (or bytes) of each member. */
  structure(id: string, members: readonly (readonly [name: string, type: ByteList])[]): number[] {
    const parts = members.map(([name, type]) => [this.string(name), type]);
    return [0x80, ...this.string(id), ...this.size(members.length), ...bytes(...parts)];
  }
}

export const LE = new Wire(false);
export const BE = new Wire(true);

const LONG_SIZE = 0xfe;
/** Views at least this long are not copied into the writer but handed on to the socket as they are. */
const BY_REFERENCE_BYTES = 16 * 1024;
const utf8 = new TextEncoder();

/**
 * Builds the payload of one message. Grows as needed; large arrays are kept by reference, so they must not change until
 * the parts have been written to the socket.
 */
export class ByteWriter {
  readonly bigEndian: boolean;
  #buffer: Uint8Array;
  #view: DataView;
  #used = 0;
  #flushed = 0;
  readonly #parts: Uint8Array[] = [];
  #partBytes = 0;

  constructor(bigEndian: boolean, initialBytes = 256) {
    this.bigEndian = bigEndian;
    this.#buffer = new Uint8Array(initialBytes);
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#partBytes + this.#used - this.#flushed;
  }

  u8(value: number): this {
    this.#room(1).setUint8(this.#used - 1, value);
    return this;
  }
  i8(value: number): this {
    this.#room(1).setInt8(this.#used - 1, value);
    return this;
  }
  u16(value: number): this {
    this.#room(2).setUint16(this.#used - 2, value, !this.bigEndian);
    return this;
  }
  i16(value: number): this {
    this.#room(2).setInt16(this.#used - 2, value, !this.bigEndian);
    return this;
  }
  u32(value: number): this {
    this.#room(4).setUint32(this.#used - 4, value, !this.bigEndian);
    return this;
  }
  i32(value: number): this {
    this.#room(4).setInt32(this.#used - 4, value, !this.bigEndian);
    return this;
  }
  u64(value: bigint): this {
    this.#room(8).setBigUint64(this.#used - 8, value, !this.bigEndian);
    return this;
  }
  i64(value: bigint): this {
    this.#room(8).setBigInt64(this.#used - 8, value, !this.bigEndian);
    return this;
  }
  f32(value: number): this {
    this.#room(4).setFloat32(this.#used - 4, value, !this.bigEndian);
    return this;
  }
  f64(value: number): this {
    this.#room(8).setFloat64(this.#used - 8, value, !this.bigEndian);
    return this;
  }

  /** Raw bytes; long ones by reference. */
  bytes(bytes: Uint8Array): this {
    if (bytes.length >= BY_REFERENCE_BYTES) {
      this.#flush();
      this.#parts.push(bytes);
      this.#partBytes += bytes.length;
    } else {
      this.#room(bytes.length);
      this.#buffer.set(bytes, this.#used - bytes.length);
    }
    return this;
  }

  /** A Size: one byte below 254, else 0xFE and four (Protocol-Encoding, "Sizes"). */
  size(value: number): this {
    return value < LONG_SIZE ? this.u8(value) : this.u8(LONG_SIZE).u32(value);
  }

  /** The null Size, 0xFF: an unselected union. */
  nullSize(): this {
    return this.u8(0xff);
  }

  string(text: string): this {
    const encoded = utf8.encode(text);
    return this.size(encoded.length).bytes(encoded);
  }

  /** The payload in order, in as few pieces as copying nothing large allows. */
  parts(): readonly Uint8Array[] {
    this.#flush();
    return this.#parts;
  }

  /** The payload in one piece. */
  finish(): Uint8Array {
    return joinBytes(this.parts());
  }

  #flush(): void {
    if (this.#used === this.#flushed) return;
    const part = this.#buffer.subarray(this.#flushed, this.#used);
    this.#parts.push(part);
    this.#partBytes += part.length;
    this.#flushed = this.#used;
  }

  /** Makes room for `count` bytes, which end at `#used`; returns the view to write them through. */
  #room(count: number): DataView {
    const at = this.#used;
    if (at + count > this.#buffer.length) {
      // Parts already flushed keep viewing the old buffer, whose bytes are not written again.
      const larger = new Uint8Array(Math.max(at + count, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#used = at + count;
    return this.#view;
  }
}

/** Copies the pieces into one array; a single piece is returned as it is. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

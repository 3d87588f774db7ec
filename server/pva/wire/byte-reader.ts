import { PvaError, type PvaErrorCode, type PvaErrorNumbers } from "../errors.ts";
import { MAX_STRING_BYTES } from "../limits.ts";

const NULL_SIZE = 0xff;
const LONG_SIZE = 0xfe;
/** Keeps a byte order mark: what a peer sends is shown as it is. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A cursor over the bytes of one message. Reading past the end throws `short-data` with need, have and offset, whether
 * the message lies or has only partly arrived; the bytes are never written and views given out share them.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly bigEndian: boolean;
  readonly #view: DataView;
  #offset: number;

  constructor(bytes: Uint8Array, bigEndian: boolean, offset = 0) {
    this.bytes = bytes;
    this.bigEndian = bigEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  i8(): number {
    return this.#view.getInt8(this.#take(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2), !this.bigEndian);
  }
  i16(): number {
    return this.#view.getInt16(this.#take(2), !this.bigEndian);
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), !this.bigEndian);
  }
  i32(): number {
    return this.#view.getInt32(this.#take(4), !this.bigEndian);
  }
  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), !this.bigEndian);
  }
  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), !this.bigEndian);
  }
  f32(): number {
    return this.#view.getFloat32(this.#take(4), !this.bigEndian);
  }
  f64(): number {
    return this.#view.getFloat64(this.#take(8), !this.bigEndian);
  }

  /** The next `count` bytes as a view of the message. */
  take(count: number): Uint8Array {
    const start = this.#take(count);
    return this.bytes.subarray(start, start + count);
  }

  /** A Size that may be null (0xFF): union selectors, and strings from core-pva (Protocol-Encoding, "Sizes"). */
  sizeOrNull(): number | null {
    const first = this.u8();
    if (first === NULL_SIZE) return null;
    return first === LONG_SIZE ? this.u32() : first;
  }

  /** A Size where null has no meaning: array counts, BitSet lengths, member counts. */
  size(): number {
    const size = this.sizeOrNull();
    if (size === null) throw this.fault("bad-value", "null size", { offset: this.#offset - 1 });
    return size;
  }

  /** A string; null reads as "". Throws `limit` above `maxBytes`. */
  string(maxBytes = MAX_STRING_BYTES): string {
    const length = this.sizeOrNull() ?? 0;
    if (length > maxBytes) throw this.fault("limit", "string too long", { need: length, have: maxBytes });
    return utf8.decode(this.take(length));
  }

  /** Throws `short-data` unless `count` elements of at least `bytesEach` can still be here: ask before allocating. */
  expect(count: number, bytesEach: number): void {
    const need = count * bytesEach;
    if (need > this.remaining)
      throw this.fault("short-data", "message ends early", { need, have: this.remaining });
  }

  /** An error about the bytes here, or at `offset`: it knows the place and shows what stands around it. */
  fault(code: PvaErrorCode, message: string, numbers: PvaErrorNumbers = {}): PvaError {
    const { offset = this.#offset } = numbers;
    return new PvaError(code, message, { ...numbers, offset }).quoting(this.bytes, offset);
  }

  #take(count: number): number {
    if (count > this.bytes.length - this.#offset) this.expect(count, 1);
    const start = this.#offset;
    this.#offset = start + count;
    return start;
  }
}

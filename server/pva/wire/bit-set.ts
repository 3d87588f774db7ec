import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

const WORD_BYTES = 8;

/** A growable set of small integers: which fields of a structure changed, or were overrun (Protocol-Encoding, "BitSet"). */
export class BitSet {
  /** Bit n is bit n%8 of byte n/8, whatever the wire order was. */
  #bytes: Uint8Array;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes;
  }

  static of(...bits: readonly number[]): BitSet {
    const set = new BitSet();
    for (const bit of bits) set.add(bit);
    return set;
  }

  has(bit: number): boolean {
    return ((this.#bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  add(bit: number): this {
    const at = bit >> 3;
    if (at >= this.#bytes.length) {
      const larger = new Uint8Array(at + 1);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[at]! |= 1 << (bit & 7);
    return this;
  }

  /** Adds every bit of `other`. */
  addAll(other: BitSet): this {
    for (const bit of other) this.add(bit);
    return this;
  }

  get isEmpty(): boolean {
    return this.#bytes.every((byte) => byte === 0);
  }

  /** Whether some bit in [from, to) is set: does a subtree hold any change? */
  hasAny(from: number, to: number): boolean {
    for (let bit = from; bit < to; bit++) {
      if ((bit & 7) === 0 && this.#bytes[bit >> 3] === undefined) return false;
      if (this.has(bit)) return true;
    }
    return false;
  }

  /** The set bits, ascending. */
  *[Symbol.iterator](): Generator<number> {
    for (let bit = 0; bit < this.#bytes.length * 8; bit++) if (this.has(bit)) yield bit;
  }

  /** The bytes without trailing zeros, least significant first. */
  trimmed(): Uint8Array {
    let length = this.#bytes.length;
    while (length > 0 && this.#bytes[length - 1] === 0) length--;
    return this.#bytes.subarray(0, length);
  }
}

/**
 * Reads a BitSet: a Size in bytes, whole words of 8 bytes in message order, then single bytes. (core-pva writes its
 * words little-endian always, which shows only on big-endian connections with 57 fields or more.)
 * @param maxBytes what the type at hand can need; throws `limit` above
 */
export function decodeBitSet(reader: ByteReader, maxBytes: number): BitSet {
  const length = reader.size();
  if (length > maxBytes)
    throw reader.fault("limit", "BitSet larger than its type", { need: length, have: maxBytes });
  const bytes = reader.take(length).slice();
  if (reader.bigEndian) reverseWords(bytes);
  return new BitSet(bytes);
}

/** Writes a BitSet without trailing zero bytes. */
export function encodeBitSet(writer: ByteWriter, set: BitSet): void {
  const bytes = set.trimmed().slice();
  if (writer.bigEndian) reverseWords(bytes);
  writer.size(bytes.length).bytes(bytes);
}

function reverseWords(bytes: Uint8Array): void {
  for (let at = 0; at + WORD_BYTES <= bytes.length; at += WORD_BYTES)
    bytes.subarray(at, at + WORD_BYTES).reverse();
}

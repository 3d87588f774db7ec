import type { ByteReader } from "../wire/byte-reader.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { bytesPerNumber, type NumericArray, numericArrayOver, type NumericType } from "./scalar-types.ts";

const HOST_IS_BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/** Reads `count` packed numbers into an array of its own, in host byte order. */
export function decodeNumericArray(reader: ByteReader, type: NumericType, count: number): NumericArray {
  const width = bytesPerNumber(type);
  reader.expect(count, width);
  const bytes = reader.take(count * width).slice();
  if (reader.bigEndian !== HOST_IS_BIG_ENDIAN) swapBytes(bytes, width);
  return numericArrayOver(type, bytes.buffer);
}

/** Writes packed numbers without their count; by reference where the byte order allows and there are many. */
export function encodeNumericArray(writer: ByteWriter, array: NumericArray): void {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (writer.bigEndian === HOST_IS_BIG_ENDIAN || array.BYTES_PER_ELEMENT === 1) {
    writer.bytes(bytes);
    return;
  }
  const swapped = bytes.slice();
  swapBytes(swapped, array.BYTES_PER_ELEMENT as 1 | 2 | 4 | 8);
  writer.bytes(swapped);
}

/** Reverses the bytes of each element in place. */
function swapBytes(bytes: Uint8Array<ArrayBuffer>, width: 1 | 2 | 4 | 8): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else if (width === 8) buffer.swap64();
}

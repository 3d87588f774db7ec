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
  swapBytes(swapped, array.BYTES_PER_ELEMENT);
  writer.bytes(swapped);
}

/** Reverses the bytes of each element in place. The large arrays of images do not come this way. */
function swapBytes(bytes: Uint8Array<ArrayBuffer>, width: number): void {
  if (width === 1) return;
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

/** How many bytes a Zstandard frame becomes, by its own word (RFC 8878, 3.1.1.1). */

const MAGIC = 0xfd2fb528;

/** Bytes that the dictionary's id takes, by the two lowest bits of the descriptor. */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;

/**
 * The frame content size; undefined if this is no frame, or one that does not tell (only streaming writers leave it out).
 * No bytes beyond the array are asked for.
 */
export function zstdContentBytes(frame: Uint8Array): number | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.byteLength < 5 || view.getUint32(0, true) !== MAGIC) return undefined;
  const descriptor = view.getUint8(4);
  const singleSegment = (descriptor & 0x20) !== 0;
  const at = 5 + (singleSegment ? 0 : 1) + DICTIONARY_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3];
  const flag = descriptor >> 6;
  const bytes = flag === 0 ? (singleSegment ? 1 : 0) : 1 << flag;
  if (bytes === 0 || view.byteLength < at + bytes) return undefined;
  if (bytes === 1) return view.getUint8(at);
  // Two bytes count on from 256.
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

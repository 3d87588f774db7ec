/**
 * The twelve bytes that HDF5's LZ4 and bitshuffle filters put before their blocks, and that real publishers send under
 * the plain names too (pvaPy replays HDF5 chunks as `lz4` and `bslz4`).
 *
 *   │ decoded bytes, u64 BE │ bytes of a block, u32 BE │ blocks …
 *
 * They cannot be mistaken: a plain bslz4 payload begins with a block length that is not zero, a plain LZ4 block does not
 * begin with four zeros (a token without literals and a distance of 0), while a size below 4 GiB begins with four.
 */

/** Bytes of the header. */
export const HDF5_HEADER_BYTES = 12;

/** What the header says. */
export interface Hdf5Header {
  readonly decodedBytes: number;
  readonly blockBytes: number;
}

/** The header's numbers as they stand, undefined if there are no twelve bytes. */
export function readHdf5Header(payload: DataView): Hdf5Header | undefined {
  if (payload.byteLength < HDF5_HEADER_BYTES) return undefined;
  return { decodedBytes: Number(payload.getBigUint64(0)), blockBytes: payload.getUint32(8) };
}

/** The header, if the payload has one: it names exactly the bytes that the frame declares. */
export function hdf5HeaderOf(payload: DataView, decodedBytes: number): Hdf5Header | undefined {
  const header = readHdf5Header(payload);
  return header?.decodedBytes === decodedBytes ? header : undefined;
}

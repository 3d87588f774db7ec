/** pvxs fills datagrams up to this; it passes every network in one piece. */
const DATAGRAM_BYTES = 1400;
/** SEARCH without channels: header, numbers, address, port, protocol list. */
const FIXED_BYTES = 8 + 4 + 4 + 16 + 2 + 5 + 2;
/** A channel besides its name: id, and the longest size a length can take. */
const CHANNEL_BYTES = 4 + 5;

/** The first of `waiting` that fit one datagram; at least one. Nothing is removed. */
export function takeBatch<Item>(waiting: Iterable<Item>, nameOf: (item: Item) => string): readonly Item[] {
  const batch: Item[] = [];
  let bytes = FIXED_BYTES;
  for (const item of waiting) {
    bytes += CHANNEL_BYTES + Buffer.byteLength(nameOf(item));
    if (bytes > DATAGRAM_BYTES && batch.length > 0) break;
    batch.push(item);
  }
  return batch;
}
